package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** What a rule does with a request. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Action {
  /** Sends it to a member of the pool. */
  @JsonTypeName("POOL")
  record ToPool(PoolId pool) implements Action {}

  /**
   * Sends it to one of these members of the listener's default pool. Empty when all of them were
   * deleted: the client gets a 503.
   */
  @JsonTypeName("MEMBERS")
  record ToMembers(List<MemberId> members) implements Action {
    public ToMembers {
      members = List.copyOf(members);
    }
  }

  /**
   * Answers with another address.
   *
   * @param code 301, 302, 303, 307 or 308
   * @param keepPath whether the request's path and query are put behind the location
   */
  @JsonTypeName("REDIRECT")
  record Redirect(int code, RedirectLocation location, boolean keepPath) implements Action {}

  /**
   * Answers by itself.
   *
   * @param status 200-599
   * @param contentType of the body, such as {@code text/plain}
   * @param body at most 4,096 characters of any kind; written to a file, never into a configuration
   */
  @JsonTypeName("FIXED_RESPONSE")
  record FixedResponse(int status, ContentType contentType, String body) implements Action {}
}
