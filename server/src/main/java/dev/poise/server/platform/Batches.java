package dev.poise.server.platform;

import dev.poise.server.platform.BatchResults.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Changes many things with one request, each for itself: what is refused for one does not keep the
 * others from being done, and the answer tells what became of each.
 *
 * <p>Each change is a transaction of its own. Things that are cheaper to change together may be
 * handed over as a group, which is tried as one transaction; if that is refused, nothing of it has
 * happened, and its members are tried one by one.
 */
@Component
public final class Batches {
  private static final Logger LOG = LoggerFactory.getLogger(Batches.class);

  private final Mutations mutations;
  private final TransactionTemplate transaction;

  Batches(Mutations mutations, TransactionTemplate transaction) {
    this.mutations = mutations;
    this.transaction = transaction;
  }

  /**
   * What is done to each of them.
   *
   * @param done the status of one that was changed
   * @param change changes the things with those ids, in the current transaction; more than one only
   *     if they were grouped
   * @param settle holds until nodes run a change, at most that long
   */
  public record Work<T>(
      HttpStatus done, Function<List<String>, T> change, BiConsumer<T, Duration> settle) {}

  /** Changes each by itself. */
  public <T> ResponseEntity<Object> perform(Mutation mutation, BatchInput input, Work<T> work) {
    return perform(mutation, input, ids -> ids.stream().map(List::of).toList(), work);
  }

  /**
   * Changes them group by group.
   *
   * @param groups makes groups of ids; leaves none out
   */
  public <T> ResponseEntity<Object> perform(
      Mutation mutation,
      BatchInput input,
      Function<List<String>, List<List<String>>> groups,
      Work<T> work) {
    return mutations.performInParts(
        mutation,
        input,
        () -> {
          Run<T> run = new Run<>(mutation, work);
          List<String> ids = input.ids().stream().distinct().toList();
          groups.apply(ids).forEach(run::group);
          run.settle();
          return new BatchResults(
              ids.stream().map(id -> Objects.requireNonNull(run.results.get(id))).toList());
        });
  }

  private final class Run<T> {
    private final Mutation mutation;
    private final Work<T> work;
    private final Map<String, Result> results = new HashMap<>();
    private final List<T> changed = new ArrayList<>();

    Run(Mutation mutation, Work<T> work) {
      this.mutation = mutation;
      this.work = work;
    }

    void group(List<String> ids) {
      @Nullable Result no = attempt(ids);
      if (no == null) {
        for (String id : ids) results.put(id, new Result(id, work.done().value(), null));
      } else if (ids.size() == 1) {
        results.put(ids.getFirst(), no);
      } else {
        ids.forEach(id -> group(List.of(id)));
      }
    }

    /** Nothing if it was done, else what is to be said of the first. */
    private @Nullable Result attempt(List<String> ids) {
      try {
        changed.add(
            Objects.requireNonNull(
                transaction.execute(status -> {
                  if (mutation.dryRun()) status.setRollbackOnly();
                  return work.change().apply(ids);
                })));
        return null;
      } catch (Refusal refusal) {
        return Result.refused(ids.getFirst(), refusal);
      } catch (RuntimeException e) {
        // The edge of this part of the request: what was done to the others is done and must be
        // told.
        LOG.error("A part of a request failed: {}", ids, e);
        return new Result(
            ids.getFirst(),
            ProblemType.INTERNAL.status(),
            Problem.of(ProblemType.INTERNAL, "This failed on our side. Its id is in requestId."));
      }
    }

    void settle() {
      if (mutation.dryRun() || !mutation.holdFor().isPositive()) return;
      long end = System.nanoTime() + mutation.holdFor().toNanos();
      for (T one : changed) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (left.isPositive()) work.settle().accept(one, left);
      }
    }
  }
}
