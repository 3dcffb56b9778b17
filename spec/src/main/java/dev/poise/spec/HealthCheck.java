package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** How a node finds out whether a member can serve. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface HealthCheck {
  /** When a check is made and how many results in a row change the verdict. */
  Timing timing();

  /** Healthy when the member's port accepts a connection. */
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
}
