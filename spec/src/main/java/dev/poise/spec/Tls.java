package dev.poise.spec;

import java.util.List;

/**
 * How a listener speaks TLS.
 *
 * @param defaultCertificate for clients that name no domain or one that is not listed
 * @param domains certificates of their own for domains that clients name (SNI)
 */
public record Tls(Policy policy, Certificate defaultCertificate, List<Domain> domains) {
  public Tls {
    domains = List.copyOf(domains);
  }

  /** The versions of TLS that are spoken. */
  public enum Policy {
    TLS_1_2_ONLY,
    TLS_1_2_AND_1_3,
    TLS_1_3_ONLY
  }

  /** What is shown to clients, and what is asked of them. */
  public record Certificate(BundleRef bundle, ClientAuthentication clientAuthentication) {}

  /**
   * A certificate for one domain, or for the names one label below it: {@code a.test} or {@code
   * *.a.test}.
   */
  public record Domain(DomainPattern name, Certificate certificate) {}
}
