package dev.poise.server.platform;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * Does at once what several ask for at the same time.
 *
 * <p>Most of what a small question costs is the way to the database and back. Who asks alone is
 * answered at once; who asks while others are being answered waits for them, and all who wait then
 * are answered together. So nobody waits for company, and the busier a server is the less each
 * question costs.
 *
 * <p>Whoever waits longest does the work for the others, in the thread that asked. If it fails for
 * several, it is done for each alone, so that only that one fails that must; if the database does
 * not answer, it fails for all.
 *
 * @param <Q> what is asked
 * @param <A> an answer
 */
public final class Gathering<Q, A> {
  private final int most;
  private final ToIntFunction<Q> weight;
  private final Function<List<Q>, List<A>> work;
  private final Queue<Asked<Q, A>> waiting = new ArrayDeque<>();
  private boolean working;

  /**
   * A gathering of questions that are as large as each other.
   *
   * @param most questions at once
   * @param work answers questions, in their order; not called twice at the same time
   */
  public Gathering(int most, Function<List<Q>, List<A>> work) {
    this(most, _ -> 1, work);
  }

  /**
   * A gathering.
   *
   * @param most weight of questions at once; one that is heavier is answered alone
   * @param weight of a question
   * @param work answers questions, in their order; not called twice at the same time
   */
  public Gathering(int most, ToIntFunction<Q> weight, Function<List<Q>, List<A>> work) {
    this.most = most;
    this.weight = weight;
    this.work = work;
  }

  /**
   * A gathering of questions for what is found by a key.
   *
   * @param most keys at once
   * @param work finds what there is, by the keys; one may be among them several times
   */
  public static <K, V> Gathering<K, Optional<V>> ofLookUps(
      int most, Function<List<K>, Map<K, V>> work) {
    return new Gathering<>(
        most,
        keys -> {
          Map<K, V> found = work.apply(keys);
          return keys.stream().map(key -> Optional.ofNullable(found.get(key))).toList();
        });
  }

  private record Asked<Q, A>(
      Q question, CompletableFuture<Boolean> turn, CompletableFuture<A> answer) {
    static <Q, A> Asked<Q, A> of(Q question) {
      return new Asked<>(question, new CompletableFuture<>(), new CompletableFuture<>());
    }
  }

  /**
   * Asks; must not be called in a transaction.
   *
   * @throws RuntimeException what the work throws
   */
  public A ask(Q question) {
    Asked<Q, A> mine = Asked.of(question);
    if (isMyTurn(mine)) answerSome();
    return answered(mine);
  }

  private boolean isMyTurn(Asked<Q, A> mine) {
    synchronized (waiting) {
      waiting.add(mine);
      if (!working) {
        working = true;
        return true;
      }
    }
    return mine.turn().join();
  }

  /** How many wait until others are answered. */
  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  private void answerSome() {
    List<Asked<Q, A>> some = next();
    try {
      answer(some);
    } finally {
      passOn();
      for (Asked<Q, A> each : some) each.turn().complete(false);
    }
  }

  private List<Asked<Q, A>> next() {
    List<Asked<Q, A>> some = new ArrayList<>();
    int left = most;
    synchronized (waiting) {
      while (!waiting.isEmpty()) {
        left -= weight.applyAsInt(waiting.element().question());
        if (left < 0 && !some.isEmpty()) break;
        some.add(waiting.remove());
      }
    }
    return some;
  }

  private void passOn() {
    synchronized (waiting) {
      if (waiting.isEmpty()) working = false;
      else waiting.element().turn().complete(true);
    }
  }

  private void answer(List<Asked<Q, A>> asked) {
    try {
      List<A> answers = work.apply(asked.stream().map(Asked::question).toList());
      for (int i = 0; i < asked.size(); i++) asked.get(i).answer().complete(answers.get(i));
    } catch (RuntimeException | Error e) {
      if (asked.size() == 1 || isOfAll(e))
        asked.forEach(each -> each.answer().completeExceptionally(e));
      else asked.forEach(each -> answer(List.of(each)));
    }
  }

  private static boolean isOfAll(Throwable e) {
    return e instanceof Error
        || e instanceof DataAccessResourceFailureException
        || e instanceof CannotCreateTransactionException
        || e instanceof TransientDataAccessException;
  }

  private static <A> A answered(Asked<?, A> mine) {
    try {
      return mine.answer().join();
    } catch (CompletionException e) {
      // It was thrown in another thread maybe, and is thrown to several maybe.
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      if (e.getCause() instanceof Error cause) throw cause;
      throw e;
    }
  }
}
