package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Text;
import dev.poise.spec.Action;
import dev.poise.spec.ContentType;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import dev.poise.spec.RedirectLocation;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a rule does, as the API reads and shows it: exactly one of these. */
@Schema(name = "RuleAction")
@ConsistentBody
public record ActionInput(
    @Schema(description = "A pool of the load balancer") @Nullable PoolId poolId,
    @Schema(description = "A pool of the load balancer, by its name") @Nullable String poolName,
    @Schema(description = "Some members of the listener's default pool")
        @Size(min = 1, max = LoadBalancer.MOST_MEMBERS)
        @Nullable List<@NotNull(message = "is required") MemberId> memberIds,
    @Valid @Nullable RedirectInput redirect,
    @Valid @Nullable FixedResponseInput fixedResponse)
    implements ConsistentBody.Checked {

  /** Another address for the client. */
  @Schema(name = "Redirect")
  @ConsistentBody
  public record RedirectInput(
      @Schema(defaultValue = "302", description = "301, 302, 303, 307 or 308")
          @Nullable Integer code,
      @Schema(description = "An address of http or https, or a path that begins with a slash")
          @NotNull(message = "is required")
          RedirectLocation location,
      @Schema(
              defaultValue = "false",
              description = "Whether path and query of the request are put behind the location")
          @Nullable Boolean keepPath)
      implements ConsistentBody.Checked {
    private static final Set<Integer> CODES = Set.of(301, 302, 303, 307, 308);

    @Override
    public List<Fault> contradictions() {
      if (code != null && !CODES.contains(code)) {
        return List.of(new Fault("/code", "invalid", "This must be 301, 302, 303, 307 or 308."));
      }
      @Nullable RedirectLocation given = location;
      if (Boolean.TRUE.equals(keepPath) && given != null && given.text().indexOf('?') >= 0) {
        return List.of(
            new Fault(
                "/keepPath", "invalid", "A path cannot be put behind a location with a query."));
      }
      return List.of();
    }
  }

  /** An answer that no member gives. */
  @Schema(name = "FixedResponse")
  @ConsistentBody
  public record FixedResponseInput(
      @NotNull(message = "is required") @Min(200) @Max(599) Integer status,
      @Schema(defaultValue = "text/plain") @Nullable ContentType contentType,
      @Schema(defaultValue = "") @Text(max = 4096) @Nullable String body)
      implements ConsistentBody.Checked {
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

    @Override
    public List<Fault> contradictions() {
      // Constraints are looked at in no order, so what is required may be missing here.
      @Nullable Integer given = status;
      return given != null && WITHOUT_BODY.contains(given) && body != null && !body.isEmpty()
          ? List.of(new Fault("/body", "invalid", "An answer " + status + " has no body."))
          : List.of();
    }
  }

  @Override
  public List<Fault> contradictions() {
    long said =
        Stream.of(poolId, poolName, memberIds, redirect, fixedResponse)
            .filter(Objects::nonNull)
            .count();
    return said == 1
        ? List.of()
        : List.of(
            new Fault(
                "/poolId",
                said == 0 ? "required" : "invalid",
                "A rule does exactly one thing: poolId, poolName, memberIds, redirect or"
                    + " fixedResponse."));
  }

  /**
   * The action.
   *
   * @param pools finds a pool by its name
   * @param pointer where this stands in the body, for faults
   */
  Action action(Function<String, Optional<PoolId>> pools, String pointer) {
    if (poolId != null) return new Action.ToPool(poolId);
    if (poolName != null) {
      return pools
          .apply(poolName)
          .map(Action.ToPool::new)
          .orElseThrow(() ->
              new Refusal.Invalid(
                  pointer + "/poolName",
                  ProblemType.VALIDATION_FAILED,
                  "The load balancer has no pool of that name."));
    }
    if (memberIds != null) return new Action.ToMembers(memberIds);
    if (redirect != null) {
      return new Action.Redirect(
          redirect.code() == null ? 302 : redirect.code(),
          redirect.location(),
          Boolean.TRUE.equals(redirect.keepPath()));
    }
    FixedResponseInput fixed = Objects.requireNonNull(fixedResponse, "one of them is given");
    return new Action.FixedResponse(
        fixed.status(),
        fixed.contentType() == null ? new ContentType("text/plain") : fixed.contentType(),
        fixed.body() == null ? "" : fixed.body());
  }

  static ActionInput of(Action action) {
    return switch (action) {
      case Action.ToPool(PoolId pool) -> new ActionInput(pool, null, null, null, null);
      case Action.ToMembers(List<MemberId> members) ->
          new ActionInput(null, null, members, null, null);
      case Action.Redirect(int code, RedirectLocation location, boolean keepPath) ->
          new ActionInput(null, null, null, new RedirectInput(code, location, keepPath), null);
      case Action.FixedResponse(int status, ContentType type, String body) ->
          new ActionInput(null, null, null, null, new FixedResponseInput(status, type, body));
    };
  }
}
