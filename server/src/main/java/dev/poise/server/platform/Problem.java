package dev.poise.server.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** The body of every refusal and failure: {@code application/problem+json} as RFC 9457 has it. */
@Schema(name = "Problem")
public record Problem(
    @Schema(example = "/problems/validation-failed") String type,
    String title,
    int status,
    String detail,
    @Schema(description = "Stands in every log line of the request") String requestId,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Fault> errors) {

  /** A problem of the request that is being served. */
  public static Problem of(ProblemType type, String detail, List<Fault> errors) {
    return new Problem(
        "/problems/" + type.slug(),
        type.title(),
        type.status(),
        detail,
        RequestIdFilter.currentId(),
        errors);
  }

  public static Problem of(ProblemType type, String detail) {
    return of(type, detail, List.of());
  }
}
