package dev.poise.bench;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** A call of the API on a thread of its own, so that its effect can be watched meanwhile. */
final class Call {
  private final long start = System.nanoTime();
  private final CompletableFuture<Applied> applied;

  private record Applied(JsonNode answer, long nanos) {}

  /** Makes it; method and path as in {@link RunningPoise#change}. */
  Call(RunningPoise poise, String method, String path, Optional<Object> body) {
    applied =
        CompletableFuture.supplyAsync(
            () -> new Applied(poise.change(method, path, body), System.nanoTime()),
            Thread::startVirtualThread);
  }

  double millisUntil(long nanos) {
    return (nanos - start) / 1e6;
  }

  double millisUntilApplied() {
    return millisUntil(applied.join().nanos());
  }

  JsonNode answer() {
    return applied.join().answer();
  }
}
