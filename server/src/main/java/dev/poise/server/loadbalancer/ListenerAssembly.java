package dev.poise.server.loadbalancer;

import dev.poise.server.certificate.Certificates;
import dev.poise.server.certificate.Kind;
import dev.poise.server.certificate.Usable;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.BundleRef;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.ListenerId;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import dev.poise.spec.Tls;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes listeners of what clients say: asks whether the nodes can serve it, finds the certificates
 * and pools that are named.
 */
@Component
class ListenerAssembly {
  private final Certificates certificates;
  private final Abilities abilities;

  ListenerAssembly(Certificates certificates, Abilities abilities) {
    this.certificates = certificates;
    this.abilities = abilities;
  }

  /**
   * Who makes a listener, and where.
   *
   * @param pools finds a pool by its name
   * @param pointer where the listener stands in the body, for faults
   */
  record Site(
      Caller caller,
      Placement placement,
      Function<String, Optional<PoolId>> pools,
      String pointer) {}

  Listener make(Site site, ListenerId id, PoolId pool, ListenerInput input, Instant now) {
    abilities.require(site.placement().cluster(), input.protocol(), site.pointer() + "/protocol");
    Optional<Tls> tls =
        Optional.ofNullable(input.tls())
            .map(said -> new Binding(site, Map.of()).tls(said, site.pointer() + "/tls"));
    List<Rule> rules = new ArrayList<>();
    for (RuleInput rule : input.rulesOrNone()) {
      String pointer = site.pointer() + "/rules/" + rules.size();
      rules.add(rule.rule(RuleId.generate(now), site.pools(), pointer, now));
    }
    Listener made = input.listener(id, pool, tls, now).withRules(rules);
    for (int i = 0; i < rules.size(); i++) {
      RedirectLoop.refuse(made, rules.get(i).id(), site.pointer() + "/rules/" + i);
    }
    return made;
  }

  Listener changed(Site site, Listener listener, PoolId pool, ListenerInput wanted) {
    Optional<Tls> tls =
        Optional.ofNullable(wanted.tls())
            .map(said -> new Binding(site, known(listener)).tls(said, "/tls"));
    return wanted.changed(listener, pool, tls);
  }

  /** What the listener names already: it goes on even if the caller may not see it. */
  private static Map<Named, BundleRef> known(Listener listener) {
    return listener
        .certificates()
        .flatMap(ListenerAssembly::named)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, _) -> one));
  }

  private static Stream<Map.Entry<Named, BundleRef>> named(Tls.Certificate certificate) {
    var shown =
        Map.entry(new Named(certificate.bundle().certificate(), Kind.SERVER), certificate.bundle());
    return switch (certificate.clientAuthentication()) {
      case ClientAuthentication.None _ -> Stream.of(shown);
      case ClientAuthentication.Required(BundleRef authority) ->
          Stream.of(
              shown, Map.entry(new Named(authority.certificate(), Kind.CLIENT_CA), authority));
    };
  }

  /** A certificate in one of its two parts. */
  private record Named(CertificateId id, Kind kind) {}

  /** The certificates of one listener. */
  private final class Binding {
    private final Site site;
    private final Map<Named, BundleRef> known;

    Binding(Site site, Map<Named, BundleRef> known) {
      this.site = site;
      this.known = known;
    }

    Tls tls(TlsInput said, String pointer) {
      List<Tls.Domain> domains = new ArrayList<>();
      for (TlsInput.DomainInput domain : said.domainsOrNone()) {
        domains.add(
            new Tls.Domain(
                new DomainPattern(RuleInput.lowerCase(domain.domain())),
                certificate(
                    domain.certificateId(),
                    domain.clientCaId(),
                    pointer + "/domains/" + domains.size())));
      }
      return new Tls(
          Objects.requireNonNullElse(said.policy(), Tls.Policy.TLS_1_2_AND_1_3),
          certificate(said.certificateId(), said.clientCaId(), pointer),
          domains);
    }

    private Tls.Certificate certificate(
        CertificateId server, @Nullable CertificateId authority, String pointer) {
      return new Tls.Certificate(
          bundle(server, Kind.SERVER, pointer + "/certificateId"),
          authority == null
              ? new ClientAuthentication.None()
              : new ClientAuthentication.Required(
                  bundle(authority, Kind.CLIENT_CA, pointer + "/clientCaId")));
    }

    private BundleRef bundle(CertificateId id, Kind kind, String pointer) {
      @Nullable BundleRef bound = known.get(new Named(id, kind));
      return bound == null ? bind(id, kind, pointer).bundle() : bound;
    }

    private Usable bind(CertificateId id, Kind kind, String pointer) {
      DataCenterId here = site.placement().dataCenter();
      Usable usable;
      try {
        usable = certificates.use(site.caller(), id, kind);
      } catch (Refusal.Invalid refusal) {
        throw new Refusal.Invalid(
            refusal.faults().stream()
                .map(fault -> new Fault(pointer, fault.code(), fault.detail()))
                .toList());
      }
      if (!usable.dataCenter().equals(here)) {
        throw new Refusal.Invalid(
            pointer,
            ProblemType.VALIDATION_FAILED,
            "The certificate is in another data centre, " + usable.dataCenter() + ".");
      }
      return usable;
    }
  }
}
