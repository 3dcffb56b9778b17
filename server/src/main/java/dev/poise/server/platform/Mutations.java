package dev.poise.server.platform;

import dev.poise.spec.SpecJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes changes the way the API promises: in one transaction, once per idempotency key, without
 * effect on a dry run, and with an answer that can wait until the nodes run what was asked.
 *
 * <p>The idempotency key is a row of the same transaction as the change. So there is never a change
 * without its key or a key without its change, and a repetition that comes while the first is under
 * way waits at the primary key until that one is committed, then answers the same.
 */
@Component
public final class Mutations {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final Duration UNANSWERED = Duration.ofMinutes(2);

  private final TransactionTemplate transaction;
  private final IdempotencyStore keys;
  private final Bodies bodies;
  private final InstantSource clock;

  Mutations(
      TransactionTemplate transaction, IdempotencyStore keys, Bodies bodies, InstantSource clock) {
    this.transaction = transaction;
    this.keys = keys;
    this.bodies = bodies;
    this.clock = clock;
  }

  /**
   * What is answered.
   *
   * @param version of the resource, for the ETag; 0 for none
   * @param location of a resource that was made
   */
  public record Answer(
      HttpStatus status, @Nullable Object body, long version, @Nullable String location) {
    public static Answer ok(Object body, long version) {
      return new Answer(HttpStatus.OK, body, version, null);
    }

    public static Answer created(Object body, long version, String location) {
      return new Answer(HttpStatus.CREATED, body, version, location);
    }

    public static Answer noContent() {
      return new Answer(HttpStatus.NO_CONTENT, null, 0, null);
    }
  }

  /** A change that needs no node. */
  public <T> ResponseEntity<Object> perform(
      Mutation mutation, @Nullable Object body, Supplier<T> change, Function<T, Answer> answer) {
    return perform(mutation, body, change, (_, _) -> {}, answer);
  }

  /**
   * Makes a change and answers it.
   *
   * @param body what was asked for, which a repetition must ask for too
   * @param change runs inside the transaction
   * @param settle holds until nodes run the change, at most that long; called only if the caller
   *     wants to wait
   * @param answer is made of the change's result, before and after it settled
   */
  public <T> ResponseEntity<Object> perform(
      Mutation mutation,
      @Nullable Object body,
      Supplier<T> change,
      BiConsumer<T, Duration> settle,
      Function<T, Answer> answer) {
    if (mutation.dryRun()) return dryRun(change, answer);
    if (mutation.idempotencyKey() == null) {
      T result = inTransaction(change);
      return respond(settled(mutation, result, settle, answer), mutation);
    }
    return once(mutation, mutation.idempotencyKey(), body, change, settle, answer);
  }

  /**
   * Makes a change in several transactions, which therefore cannot have the idempotency key among
   * them. The key is taken before and answered after. A repetition that comes in between is asked
   * to come again; a key whose request never got to its answer, because the server died, is free
   * again after a while.
   *
   * @param work makes its own transactions, none of them on a dry run, and answers what it did
   */
  ResponseEntity<Object> performInParts(Mutation mutation, Object body, Supplier<Object> work) {
    @Nullable String key = mutation.dryRun() ? null : mutation.idempotencyKey();
    if (key == null) return respond(Answer.ok(work.get(), 0), mutation);
    Caller caller = mutation.caller();
    String hash = SpecJson.digest(mutation.address() + "\n" + bodies.canonical(body));
    boolean claimed =
        inTransaction(_ -> {
          keys.forget(caller, key, clock.instant().minus(KEPT));
          keys.forgetUnanswered(caller, key, clock.instant().minus(UNANSWERED));
          return keys.claim(caller, key, hash, clock.instant());
        });
    if (!claimed) return replay(caller, key, hash);
    Answer answer = Answer.ok(work.get(), 0);
    keys.remember(caller, key, stored(answer));
    return respond(answer, mutation);
  }

  private <T> ResponseEntity<Object> dryRun(Supplier<T> change, Function<T, Answer> answer) {
    Answer would =
        inTransaction(transaction -> {
          transaction.setRollbackOnly();
          return answer.apply(change.get());
        });
    return would.body() == null
        ? ResponseEntity.noContent().build()
        : ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(would.body());
  }

  private <T> ResponseEntity<Object> once(
      Mutation mutation,
      String key,
      @Nullable Object body,
      Supplier<T> change,
      BiConsumer<T, Duration> settle,
      Function<T, Answer> answer) {
    Caller caller = mutation.caller();
    String hash =
        SpecJson.digest(mutation.address() + "\n" + (body == null ? "" : bodies.canonical(body)));
    Optional<T> made =
        inTransaction(_ -> {
          keys.forget(caller, key, clock.instant().minus(KEPT));
          if (!keys.claim(caller, key, hash, clock.instant())) return Optional.<T>empty();
          T result = change.get();
          keys.remember(caller, key, stored(answer.apply(result)));
          return Optional.of(result);
        });
    if (made.isEmpty()) return replay(caller, key, hash);
    Answer last = settled(mutation, made.get(), settle, answer);
    keys.remember(caller, key, stored(last));
    return respond(last, mutation);
  }

  private ResponseEntity<Object> replay(Caller caller, String key, String hash) {
    IdempotencyStore.Stored stored = keys.find(caller, key);
    if (!stored.requestHash().equals(hash)) {
      throw new Refusal.Invalid(
          "",
          ProblemType.IDEMPOTENCY_KEY_REUSED,
          "This Idempotency-Key came with another request within the last 24 hours.");
    }
    if (stored.answer().status() == 0)
      throw new Refusal.Unavailable("The first request with this key is under way. Try again.");
    var response =
        ResponseEntity.status(stored.answer().status()).header("Idempotency-Replayed", "true");
    if (stored.answer().etag() != null) response.eTag(stored.answer().etag());
    if (stored.answer().location() != null) response.header("Location", stored.answer().location());
    String body = stored.answer().body();
    return body == null
        ? response.build()
        : response
            .contentType(MediaType.APPLICATION_JSON)
            .body(bodies.parse(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static <T> Answer settled(
      Mutation mutation, T result, BiConsumer<T, Duration> settle, Function<T, Answer> answer) {
    if (mutation.holdFor().isPositive()) settle.accept(result, mutation.holdFor());
    return answer.apply(result);
  }

  private static ResponseEntity<Object> respond(Answer answer, Mutation mutation) {
    var response = ResponseEntity.status(answer.status());
    if (answer.version() > 0) response.eTag(Conditions.etag(answer.version()));
    if (answer.location() != null) response.header("Location", answer.location());
    if (mutation.holdFor().isPositive()) response.header("Preference-Applied", "wait");
    return answer.body() == null
        ? response.build()
        : response.contentType(MediaType.APPLICATION_JSON).body(answer.body());
  }

  private IdempotencyStore.StoredAnswer stored(Answer answer) {
    return new IdempotencyStore.StoredAnswer(
        answer.status().value(),
        answer.version() > 0 ? Conditions.etag(answer.version()) : null,
        answer.location(),
        answer.body() == null ? null : bodies.canonical(answer.body()));
  }

  private <T> T inTransaction(Supplier<T> work) {
    return inTransaction(_ -> work.get());
  }

  private <T> T inTransaction(org.springframework.transaction.support.TransactionCallback<T> work) {
    T result = transaction.execute(work);
    if (result == null) throw new IllegalStateException("a change gave no result");
    return result;
  }
}
