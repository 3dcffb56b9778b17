package dev.poise.server.platform;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of each of the things, in their order. */
@Schema(name = "BatchResults")
public record BatchResults(List<Result> results) {
  public BatchResults {
    results = List.copyOf(results);
  }

  /** What became of one. */
  @Schema(name = "BatchResult")
  public record Result(
      String id,
      @Schema(description = "The HTTP status this one alone would have got") int status,
      @Nullable Problem problem) {
    static Result refused(String id, Refusal refusal) {
      return new Result(
          id,
          refusal.type().status(),
          Problem.of(refusal.type(), refusal.detail(), refusal.faults()));
    }
  }
}
