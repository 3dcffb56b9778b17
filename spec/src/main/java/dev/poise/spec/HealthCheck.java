package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** How a node finds out whether a member can serve. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface HealthCheck {
  /** When a check is made and how many results in a row change the verdict. */
  Timing timing();

  /**
   * Healthy when the member's port accepts a connection; for a UDP listener, when an empty datagram
   * is not answered with "port unreachable".
   */
  @JsonTypeName("PORT")
  record Port(Timing timing) implements HealthCheck {}

  /**
   * Healthy when the member answers a request with one of the expected status codes.
   *
   * @param path starts with a slash; letters, digits and {@code -/.%?#&}
   * @param host what the check sends as Host
   */
  @JsonTypeName("HTTP")
  record Http(Timing timing, Method method, String path, Host host, StatusCodes expectedCodes)
      implements HealthCheck {}

  /**
   * For UDP listeners: healthy when the member does not answer the request with "port unreachable",
   * and answers as expected.
   */
  @JsonTypeName("UDP")
  record Udp(Timing timing, Datagram request, Expected expected) implements HealthCheck {}

  /**
   * The rhythm of a check.
   *
   * @param rise passed checks in a row that make an unhealthy member healthy
   * @param fall failed checks in a row that make a healthy member unhealthy
   */
  record Timing(int intervalSeconds, int timeoutSeconds, int rise, int fall) {}

  /** The request methods a check may use. */
  enum Method {
    GET,
    HEAD,
    OPTIONS
  }

  /** The Host header of a check. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface Host {
    /** The member's own address and port. */
    @JsonTypeName("MEMBER")
    record Member() implements Host {}

    /** This domain. */
    @JsonTypeName("DOMAIN")
    record Domain(HostName name) implements Host {}
  }

  /** What a member answers to the datagram of a check, within the check's timeout. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface Expected {
    /** It may be silent. */
    @JsonTypeName("NOTHING")
    record Nothing() implements Expected {}

    /** A datagram, whatever it holds. */
    @JsonTypeName("ANY_ANSWER")
    record AnyAnswer() implements Expected {}

    /** A datagram that begins with these bytes. */
    @JsonTypeName("BEGINS_WITH")
    record BeginsWith(Datagram bytes) implements Expected {}
  }
}
