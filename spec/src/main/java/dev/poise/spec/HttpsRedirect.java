package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** Whether an HTTP listener sends its clients to HTTPS. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface HttpsRedirect {
  /** It serves them. */
  @JsonTypeName("OFF")
  record Off() implements HttpsRedirect {}

  /** It answers 301 with the same host, path and query at this port of HTTPS. */
  @JsonTypeName("TO_PORT")
  record ToPort(int port) implements HttpsRedirect {}
}
