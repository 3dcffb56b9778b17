package dev.poise.server.platform;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param nextPageToken asks for the part behind this one; absent at the end
 * @param totalSize how many items the whole list has
 */
public record Page<T>(
    List<T> items,
    @Schema(description = "Asks for the next part; absent at the end")
        @Nullable String nextPageToken,
    long totalSize) {
  public Page {
    items = List.copyOf(items);
  }

  /** The same page with other items. */
  public <R> Page<R> map(Function<T, R> change) {
    return new Page<>(items.stream().map(change).toList(), nextPageToken, totalSize);
  }
}
