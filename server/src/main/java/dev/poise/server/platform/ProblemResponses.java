package dev.poise.server.platform;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * The one place where what went wrong becomes problem+json: never an empty body, HTML or a stack
 * trace.
 */
@RestControllerAdvice
final class ProblemResponses extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemResponses.class);

  @ExceptionHandler
  ResponseEntity<Object> refused(Refusal refusal) {
    HttpHeaders headers = new HttpHeaders();
    if (refusal instanceof Refusal.PreconditionFailed stale) headers.setETag(stale.currentEtag());
    if (refusal instanceof Refusal.RateLimited limited)
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(limited.retryAfterSeconds()));
    return answer(Problem.of(refusal.type(), refusal.detail(), refusal.faults()), headers);
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    CannotCreateTransactionException.class,
    TransientDataAccessException.class
  })
  ResponseEntity<Object> databaseAway(Exception e) {
    LOG.warn("The database did not answer: {}", e.toString());
    String detail =
        "The database does not answer. Load balancers keep serving; try again in a moment.";
    return answer(Problem.of(ProblemType.UNAVAILABLE, detail), new HttpHeaders());
  }

  @ExceptionHandler
  ResponseEntity<Object> failed(Exception e) {
    // Nothing can be said any more; the container cuts the connection when this goes on.
    if (e instanceof Exports.BrokenOff broken) throw broken;
    LOG.error("A request failed", e);
    String detail = "The request failed on our side. Its id is in requestId.";
    return answer(Problem.of(ProblemType.INTERNAL, detail), new HttpHeaders());
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    // A converter that refuses throws our own refusal, wrapped.
    if (e.getCause() instanceof Refusal refusal) return refused(refusal);
    // An id of a wrong form is an id of nothing.
    if (e instanceof MethodArgumentTypeMismatchException wrong && wrong.getValue() != null) {
      return refused(new Refusal.NotFound("object with the id '" + wrong.getValue() + "'"));
    }
    ProblemType type = ProblemType.forStatus(status.value());
    if (type == ProblemType.INTERNAL) return failed(e);
    String method =
        request instanceof ServletWebRequest servlet ? servlet.getHttpMethod().name() : "";
    String detail =
        switch (e) {
          case HttpRequestMethodNotSupportedException _ ->
              "This address does not take " + method + ".";
          case HttpMediaTypeNotSupportedException _ -> "The body must be application/json.";
          case HttpMessageNotReadableException _ -> "The request needs a body in JSON.";
          case NoResourceFoundException _ -> "There is nothing at this address.";
          default -> type.title() + ".";
        };
    return answer(Problem.of(type, detail), headers);
  }

  private static ResponseEntity<Object> answer(Problem problem, HttpHeaders headers) {
    return ResponseEntity.status(problem.status())
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  /** Answers what failed before any of our code was reached. */
  @RestController
  static final class Outside implements ErrorController {
    @RequestMapping("/error")
    ResponseEntity<Object> error(HttpServletRequest request) {
      Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
      ProblemType type = ProblemType.forStatus(status instanceof Integer code ? code : 404);
      return answer(Problem.of(type, type.title() + ".", List.of()), new HttpHeaders());
    }
  }
}
