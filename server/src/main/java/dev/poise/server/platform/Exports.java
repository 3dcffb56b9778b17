package dev.poise.server.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolverComposite;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.InvocableHandlerMethod;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ServletRequestDataBinderFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers every list of the API as a file too, if the request asks for one.
 *
 * <p>The lists know nothing of it. A controller's method answers a {@link Page}, as ever; where a
 * file is wanted, the page becomes rows, and the same method is called for the page behind it until
 * there is none. So a file holds the whole filtered list in its order, the server holds one page of
 * it, and a new list can be had as a file without a line of code.
 *
 * <p>What fails before the first bytes went out is answered as a problem. After that there is
 * nothing left to answer with, so the connection is cut: half a file must not look like a whole
 * one.
 */
@Component
final class Exports implements HandlerMethodReturnValueHandler, SmartInitializingSingleton {
  /** The attribute of a request with the part of the list that is to be answered. */
  static final String PART = PageRequest.class.getName();

  private final ObjectProvider<RequestMappingHandlerAdapter> adapters;
  private final JsonMapper json;
  private final InstantSource clock;
  private List<HandlerMethodReturnValueHandler> others = List.of();

  Exports(
      ObjectProvider<RequestMappingHandlerAdapter> adapters, JsonMapper json, InstantSource clock) {
    this.adapters = adapters;
    this.json = json;
    this.clock = clock;
  }

  /** An export that failed when a part of it was sent already. */
  static final class BrokenOff extends RuntimeException {
    BrokenOff(Exception cause) {
      super("An export broke off", cause);
    }
  }

  @Override
  public void afterSingletonsInstantiated() {
    RequestMappingHandlerAdapter adapter = adapters.getObject();
    others = List.copyOf(Objects.requireNonNull(adapter.getReturnValueHandlers()));
    List<HandlerMethodReturnValueHandler> all = new ArrayList<>(List.of(this));
    all.addAll(others);
    adapter.setReturnValueHandlers(all);
  }

  @Override
  public boolean supportsReturnType(MethodParameter returnType) {
    return returnType.getParameterType() == Page.class;
  }

  @Override
  public void handleReturnValue(
      @Nullable Object value,
      MethodParameter returnType,
      ModelAndViewContainer container,
      NativeWebRequest web)
      throws Exception {
    HttpServletRequest request =
        Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class));
    Optional<ExportFormat> format = ExportFormat.asked(request);
    if (format.isEmpty() || !(value instanceof Page<?> first)) {
      HandlerMethodReturnValueHandler usual =
          others.stream()
              .filter(one -> one.supportsReturnType(returnType))
              .findFirst()
              .orElseThrow();
      usual.handleReturnValue(value, returnType, container, web);
      return;
    }
    container.setRequestHandled(true);
    HttpServletResponse response =
        Objects.requireNonNull(web.getNativeResponse(HttpServletResponse.class));
    response.setContentType(format.get().contentType());
    response.setHeader("Content-Disposition", disposition(request, format.get()));
    try {
      Table table = format.get().open(response.getOutputStream());
      requireRoom(first, table);
      write(table, first, Objects.requireNonNull(returnType.getMethod()), web);
    } catch (Exception e) {
      if (response.isCommitted()) throw new BrokenOff(e);
      response.resetBuffer();
      response.setHeader("Content-Disposition", null);
      throw e;
    }
  }

  private static void requireRoom(Page<?> first, Table table) {
    if (first.totalSize() < table.mostRows()) return;
    throw new Refusal.Invalid(
        "",
        ProblemType.VALIDATION_FAILED,
        "The list has %d items, and such a file at most %d rows. Filter it, or take csv."
            .formatted(first.totalSize(), table.mostRows()));
  }

  private void write(Table table, Page<?> first, Method method, NativeWebRequest web)
      throws Exception {
    ExportColumns columns = ExportColumns.of(ListFields.itemOf(method));
    table.add(List.copyOf(columns.names()));
    Page<?> page = first;
    while (true) {
      for (Object item : page.items()) table.add(columns.cells(json.valueToTree(item)));
      table.flush();
      if (page.nextPageToken() == null) break;
      page = next(page.nextPageToken(), web);
    }
    table.finish();
  }

  /** Calls the controller once more, for the part of the list behind that token. */
  private Page<?> next(String token, NativeWebRequest web) throws Exception {
    HttpServletRequest request =
        Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class));
    PageRequest part = (PageRequest) Objects.requireNonNull(request.getAttribute(PART));
    request.setAttribute(PART, part.longest(token));
    RequestMappingHandlerAdapter adapter = adapters.getObject();
    Object handler =
        Objects.requireNonNull(
            request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE));
    InvocableHandlerMethod call =
        new InvocableHandlerMethod(((HandlerMethod) handler).createWithResolvedBean());
    call.setHandlerMethodArgumentResolvers(
        new HandlerMethodArgumentResolverComposite()
            .addResolvers(Objects.requireNonNull(adapter.getArgumentResolvers())));
    call.setDataBinderFactory(
        new ServletRequestDataBinderFactory(null, adapter.getWebBindingInitializer()));
    return (Page<?>)
        Objects.requireNonNull(call.invokeForRequest(web, new ModelAndViewContainer()));
  }

  private String disposition(HttpServletRequest request, ExportFormat format) {
    String noun = request.getRequestURI().replaceFirst(".*/", "").replaceAll("[^a-z-]", "");
    String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString().replaceAll("[-:]", "");
    return "attachment; filename=\"%s-%s.%s\"".formatted(noun, time, format.suffix());
  }
}
