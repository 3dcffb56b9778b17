package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.HostName;
import dev.poise.spec.Tls;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How an HTTPS listener speaks TLS, as the API reads and shows it. */
@Schema(name = "Tls")
@ConsistentBody
public record TlsInput(
    @Schema(
            defaultValue = "ONE_WAY",
            description = "TWO_WAY: clients need a certificate that clientCaId signed")
        @Nullable Mode mode,
    @Schema(defaultValue = "TLS_1_2_AND_1_3") Tls.@Nullable Policy policy,
    @Schema(description = "For clients that name no domain or one that is not listed")
        @NotNull(message = "is required")
        CertificateId certificateId,
    @Schema(description = "TWO_WAY only: the authority of client certificates")
        @Nullable CertificateId clientCaId,
    @Schema(description = "Certificates of their own for domains that clients name (SNI)")
        @Size(max = TlsInput.MOST_DOMAINS)
        @Nullable List<@NotNull(message = "is required") @Valid DomainInput> domains)
    implements ConsistentBody.Checked {
  static final int MOST_DOMAINS = 100;

  /** Who shows a certificate. */
  public enum Mode {
    /** The listener. */
    ONE_WAY,
    /** The listener and its clients. */
    TWO_WAY
  }

  /** A certificate for one domain. */
  @Schema(name = "TlsDomain")
  @ConsistentBody
  public record DomainInput(
      @Schema(
              description = "A domain, or *. and one for the names one label below it",
              example = "shop.example.com")
          @NotNull(message = "is required")
          String domain,
      @NotNull(message = "is required") CertificateId certificateId,
      @Schema(description = "If given, clients of this domain need a certificate it signed")
          @Nullable CertificateId clientCaId)
      implements ConsistentBody.Checked {
    @Override
    public List<Fault> contradictions() {
      @Nullable String given = domain;
      return given == null || isDomain(given)
          ? List.of()
          : List.of(
              new Fault(
                  "/domain",
                  "invalid",
                  "This is not a domain name, such as shop.example.com or *.example.com."));
    }
  }

  /** Whether the text is a domain name in any case, possibly with a leading wildcard. */
  static boolean isDomain(String text) {
    return HostName.isValid(text.startsWith("*.") ? text.substring(2) : text);
  }

  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    if (mode == Mode.TWO_WAY && clientCaId == null) {
      faults.add(
          new Fault("/clientCaId", "required", "With the mode TWO_WAY a client CA is needed."));
    }
    if (mode != Mode.TWO_WAY && clientCaId != null) {
      faults.add(new Fault("/clientCaId", "invalid", "A client CA is for the mode TWO_WAY."));
    }
    Set<String> taken = new HashSet<>();
    List<DomainInput> given = domainsOrNone();
    for (int i = 0; i < given.size(); i++) {
      @Nullable DomainInput one = given.get(i);
      @Nullable String domain = one == null ? null : one.domain();
      if (domain != null && !taken.add(RuleInput.lowerCase(domain))) {
        faults.add(
            new Fault(
                "/domains/" + i + "/domain", "invalid", "This domain is in the list already."));
      }
    }
    return faults;
  }

  List<DomainInput> domainsOrNone() {
    return Objects.requireNonNullElse(domains, List.of());
  }

  static TlsInput of(Tls tls) {
    @Nullable CertificateId authority = authority(tls.defaultCertificate());
    return new TlsInput(
        authority == null ? Mode.ONE_WAY : Mode.TWO_WAY,
        tls.policy(),
        tls.defaultCertificate().bundle().certificate(),
        authority,
        tls.domains().stream()
            .map(domain ->
                new DomainInput(
                    domain.name().text(),
                    domain.certificate().bundle().certificate(),
                    authority(domain.certificate())))
            .toList());
  }

  private static @Nullable CertificateId authority(Tls.Certificate certificate) {
    return switch (certificate.clientAuthentication()) {
      case ClientAuthentication.None _ -> null;
      case ClientAuthentication.Required(var bundle) -> bundle.certificate();
    };
  }
}
