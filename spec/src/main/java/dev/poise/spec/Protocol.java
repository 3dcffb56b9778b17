package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** What a listener speaks, with the options that only make sense for it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Protocol {
  /**
   * Bytes in both directions.
   *
   * @param idleTimeoutSeconds closes a connection on which neither side sent anything for so long
   */
  @JsonTypeName("TCP")
  record Tcp(int idleTimeoutSeconds) implements Protocol {}

  /**
   * HTTP/1.x requests, each balanced by itself.
   *
   * @param idleTimeoutSeconds closes a connection on which the client sent nothing for so long
   * @param responseTimeoutSeconds how long a member may take to answer before the client gets a 504
   */
  @JsonTypeName("HTTP")
  record Http(int idleTimeoutSeconds, int responseTimeoutSeconds, RequestHeaders requestHeaders)
      implements Protocol {}
}
