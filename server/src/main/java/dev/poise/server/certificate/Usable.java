package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.spec.BundleRef;
import dev.poise.spec.CertificateId;
import java.time.Instant;
import java.util.List;

/**
 * A certificate the caller may bind to a listener.
 *
 * @param dataCenter the only one whose load balancers may use it
 * @param bundle what the spec says
 * @param domains the names it is for, in lower case, some with a leading {@code *.}; without the IP
 *     addresses
 */
public record Usable(
    CertificateId id,
    DataCenterId dataCenter,
    BundleRef bundle,
    List<String> domains,
    Instant notAfter) {
  public Usable {
    domains = List.copyOf(domains);
  }
}
