package dev.poise.server.isolation;

import java.util.ArrayList;
import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/**
 * One line of the server's route table.
 *
 * @param table whether it takes CSV
 * @param ids the types of the path's variables, in their order
 * @param body the type of the body, {@code ""} for none
 * @param parameters what can be in the query, with its type
 */
record Route(
    String method,
    String pattern,
    boolean form,
    boolean table,
    List<Class<?>> ids,
    String body,
    List<Parameter> parameters) {

  /** Something in the query. */
  record Parameter(String name, Class<?> type) {}

  /** The routes of one handler; more than one if it has several methods or patterns. */
  static List<Route> of(RequestMappingInfo mapping, HandlerMethod handler) {
    List<Class<?>> ids = new ArrayList<>();
    List<Parameter> parameters = new ArrayList<>();
    String body = "";
    for (MethodParameter raw : handler.getMethodParameters()) {
      MethodParameter it =
          new SynthesizingMethodParameter(handler.getMethod(), raw.getParameterIndex());
      RequestParam query = it.getParameterAnnotation(RequestParam.class);
      if (it.hasParameterAnnotation(PathVariable.class)) ids.add(it.getParameterType());
      if (it.hasParameterAnnotation(RequestBody.class)) body = nameOf(it.getParameterType());
      if (query != null) {
        it.initParameterNameDiscovery(
            new org.springframework.core.DefaultParameterNameDiscoverer());
        String name = query.name().isEmpty() ? String.valueOf(it.getParameterName()) : query.name();
        parameters.add(new Parameter(name, it.getParameterType()));
      }
    }
    boolean form =
        mapping.getConsumesCondition().getConsumableMediaTypes().stream()
            .anyMatch(MediaType.MULTIPART_FORM_DATA::includes);
    boolean table =
        mapping.getConsumesCondition().getConsumableMediaTypes().stream()
            .anyMatch(MediaType.valueOf("text/csv")::equals);
    List<Route> routes = new ArrayList<>();
    for (String pattern : mapping.getPatternValues()) {
      for (RequestMethod method :
          mapping.getMethodsCondition().getMethods().isEmpty()
              ? List.of(RequestMethod.GET)
              : mapping.getMethodsCondition().getMethods()) {
        routes.add(new Route(method.name(), pattern, form, table, ids, body, parameters));
      }
    }
    return routes;
  }

  private static String nameOf(Class<?> type) {
    return type.getName().substring(type.getPackageName().length() + 1);
  }

  /** The same with a body, which a form says in its own way. */
  Route withBody(String type) {
    return new Route(method, pattern, form, table, ids, type, parameters);
  }

  boolean reads() {
    return method.equals("GET");
  }

  /** Method and address, and whether it takes a form: what stands in lists. */
  String name() {
    return method + " " + pattern + (form ? " (form)" : "");
  }
}
