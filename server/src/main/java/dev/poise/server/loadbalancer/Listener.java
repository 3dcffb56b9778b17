package dev.poise.server.loadbalancer;

import dev.poise.spec.BundleRef;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.Sources;
import dev.poise.spec.Tls;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A port of a load balancer.
 *
 * @param protocol with an empty list of rules; only the spec has them there
 * @param rules where requests go that do not go to the default pool
 * @param version counts its changes, those of its rules left out
 */
public record Listener(
    ListenerId id,
    String name,
    String remark,
    int port,
    Protocol protocol,
    ConnectionLimit connectionLimit,
    PoolId defaultPool,
    List<Rule> rules,
    long version,
    Instant createTime) {
  static final int MOST_RULES = 1000;

  public Listener {
    rules = List.copyOf(rules);
  }

  /** Listeners of one family cannot share a port. */
  public enum Family {
    TCP,
    UDP
  }

  public Family family() {
    return switch (protocol) {
      case Protocol.Tcp _, Protocol.Http _, Protocol.Https _ -> Family.TCP;
      case Protocol.Udp _ -> Family.UDP;
    };
  }

  /** The pools it sends traffic to, the default pool first. */
  Stream<PoolId> pools() {
    return Stream.concat(
            Stream.of(defaultPool), rules.stream().flatMap(rule -> rule.pool().stream()))
        .distinct();
  }

  /** The certificates it shows, each with what it asks of clients. */
  Stream<Tls.Certificate> certificates() {
    return switch (protocol) {
      case Protocol.Tcp _, Protocol.Udp _, Protocol.Http _ -> Stream.of();
      case Protocol.Https(var _, var tls) ->
          Stream.concat(
              Stream.of(tls.defaultCertificate()),
              tls.domains().stream().map(Tls.Domain::certificate));
    };
  }

  /** The ids of its certificates and of the authorities of its clients. */
  Set<CertificateId> certificateIds() {
    return certificates()
        .flatMap(Listener::bundles)
        .map(BundleRef::certificate)
        .collect(Collectors.toSet());
  }

  private static Stream<BundleRef> bundles(Tls.Certificate certificate) {
    return switch (certificate.clientAuthentication()) {
      case ClientAuthentication.None _ -> Stream.of(certificate.bundle());
      case ClientAuthentication.Required(BundleRef authority) ->
          Stream.of(certificate.bundle(), authority);
    };
  }

  /** The same listener with other material of a certificate. */
  Listener withMaterial(BundleRef renewed) {
    return switch (protocol) {
      case Protocol.Tcp _, Protocol.Udp _, Protocol.Http _ -> this;
      case Protocol.Https(var options, var tls) ->
          withProtocol(
              new Protocol.Https(
                  options,
                  new Tls(
                      tls.policy(),
                      renewed(tls.defaultCertificate(), renewed),
                      tls.domains().stream()
                          .map(domain ->
                              new Tls.Domain(domain.name(), renewed(domain.certificate(), renewed)))
                          .toList())));
    };
  }

  private static Tls.Certificate renewed(Tls.Certificate old, BundleRef renewed) {
    return new Tls.Certificate(
        renewed(old.bundle(), renewed),
        switch (old.clientAuthentication()) {
          case ClientAuthentication.None none -> none;
          case ClientAuthentication.Required(BundleRef authority) ->
              new ClientAuthentication.Required(renewed(authority, renewed));
        });
  }

  private static BundleRef renewed(BundleRef old, BundleRef renewed) {
    return old.certificate().equals(renewed.certificate()) ? renewed : old;
  }

  Listener withVersion(long version) {
    return new Listener(
        id, name, remark, port, protocol, connectionLimit, defaultPool, rules, version, createTime);
  }

  Listener withRules(List<Rule> rules) {
    return new Listener(
        id, name, remark, port, protocol, connectionLimit, defaultPool, rules, version, createTime);
  }

  private Listener withProtocol(Protocol protocol) {
    return new Listener(
        id, name, remark, port, protocol, connectionLimit, defaultPool, rules, version, createTime);
  }

  ListenerSpec spec(Sources sources) {
    return new ListenerSpec(id, port, protocolWithRules(), connectionLimit, sources, defaultPool);
  }

  private Protocol protocolWithRules() {
    return switch (protocol) {
      case Protocol.Tcp tcp -> tcp;
      case Protocol.Udp udp -> udp;
      case Protocol.Http(var options, var redirect) ->
          new Protocol.Http(withRules(options), redirect);
      case Protocol.Https(var options, var tls) -> new Protocol.Https(withRules(options), tls);
    };
  }

  private HttpOptions withRules(HttpOptions options) {
    return new HttpOptions(
        options.idleTimeoutSeconds(),
        options.responseTimeoutSeconds(),
        options.requestHeaders(),
        rules.stream().map(Rule::spec).toList());
  }
}
