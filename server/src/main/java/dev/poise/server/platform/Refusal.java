package dev.poise.server.platform;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the API says no to, as cases a client can act on. Mapped to problem+json in one place;
 * everything else that is thrown is a bug and answers 500.
 */
public abstract sealed class Refusal extends RuntimeException {
  private final ProblemType type;
  private final String detail;

  private Refusal(ProblemType type, String detail) {
    super(detail);
    this.type = type;
    this.detail = detail;
  }

  /** What is wrong, in a sentence or two for people. */
  public String detail() {
    return detail;
  }

  /** The problem this is answered as. */
  public ProblemType type() {
    return type;
  }

  /** What is wrong, one by one; empty when the detail says it all. */
  public List<Fault> faults() {
    return List.of();
  }

  /** There is no such thing, or it is another tenant's. */
  public static final class NotFound extends Refusal {
    /**
     * @param what the kind and id that was looked for, such as {@code load balancer lb_...}
     */
    public NotFound(String what) {
      super(ProblemType.NOT_FOUND, "There is no " + what + ".");
    }
  }

  /** The request contradicts itself or the rules. */
  public static final class Invalid extends Refusal {
    private final transient List<Fault> faults;

    /**
     * The problem takes the faults' own type when they agree on one, else it is {@code
     * validation-failed}.
     */
    public Invalid(List<Fault> faults) {
      super(
          typeOf(faults),
          faults.stream().map(Fault::detail).distinct().limit(3).collect(Collectors.joining(" ")));
      this.faults = List.copyOf(faults);
    }

    public Invalid(String pointer, ProblemType type, String detail) {
      this(List.of(new Fault(pointer, type.slug(), detail)));
    }

    @Override
    public List<Fault> faults() {
      return faults;
    }

    private static ProblemType typeOf(List<Fault> faults) {
      List<String> codes = faults.stream().map(Fault::code).distinct().toList();
      return codes.size() == 1
          ? ProblemType.of(codes.getFirst()).orElse(ProblemType.VALIDATION_FAILED)
          : ProblemType.VALIDATION_FAILED;
    }
  }

  /** The request is fine but what exists stands against it. */
  public static final class Conflict extends Refusal {
    public Conflict(ProblemType type, String detail) {
      super(type, detail);
    }
  }

  /** The caller may not. */
  public static final class Forbidden extends Refusal {
    public Forbidden(String detail) {
      super(ProblemType.FORBIDDEN, detail);
    }
  }

  /** Nobody known is calling. */
  public static final class Unauthenticated extends Refusal {
    public Unauthenticated(String detail) {
      this(ProblemType.UNAUTHENTICATED, detail);
    }

    public Unauthenticated(ProblemType type, String detail) {
      super(type, detail);
    }
  }

  /** Somebody tries too often. */
  public static final class RateLimited extends Refusal {
    private final Duration retryAfter;

    public RateLimited(Duration retryAfter) {
      super(
          ProblemType.RATE_LIMITED,
          "There were too many attempts. Try again in " + seconds(retryAfter) + " seconds.");
      this.retryAfter = retryAfter;
    }

    /** For how long trying again is in vain, in whole seconds, at least one. */
    public long retryAfterSeconds() {
      return seconds(retryAfter);
    }

    private static long seconds(Duration duration) {
      return Math.max(1, duration.plusMillis(999).toSeconds());
    }
  }

  /** A limit is reached. */
  public static final class QuotaExceeded extends Refusal {
    public QuotaExceeded(String detail) {
      super(ProblemType.QUOTA_EXCEEDED, detail);
    }
  }

  /** The caller's picture is not the current one. */
  public static final class PreconditionFailed extends Refusal {
    private final String currentEtag;

    public PreconditionFailed(String currentEtag) {
      super(
          ProblemType.ETAG_MISMATCH,
          "The object changed meanwhile; its ETag is now " + currentEtag + ".");
      this.currentEtag = currentEtag;
    }

    public String currentEtag() {
      return currentEtag;
    }
  }

  /** It cannot be done now. */
  public static final class Unavailable extends Refusal {
    public Unavailable(String detail) {
      super(ProblemType.UNAVAILABLE, detail);
    }
  }

  /** The request cannot be read at all. */
  public static final class Unreadable extends Refusal {
    public Unreadable(ProblemType type, String detail) {
      super(type, detail);
    }
  }
}
