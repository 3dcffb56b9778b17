package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/**
 * The headers that tell a member about the client. A value the client sent itself never passes for
 * ours: a header that is switched off is removed, and X-Forwarded-For keeps the client's own value
 * only where asked to append.
 */
public record RequestHeaders(
    ForwardedFor forwardedFor,
    boolean realIp,
    boolean forwardedProto,
    boolean forwardedPort,
    Host host) {

  /** What happens to X-Forwarded-For. */
  public enum ForwardedFor {
    /** The client's address replaces whatever came. */
    REPLACE,
    /** The client's address is added behind what came. */
    APPEND,
    /** The header is removed. */
    OFF
  }

  /** The Host header that a member sees. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  public sealed interface Host {
    /** The one the client sent. */
    @JsonTypeName("CLIENT")
    record Client() implements Host {}

    /** Always this one. */
    @JsonTypeName("FIXED")
    record Fixed(HostName name) implements Host {}
  }
}
