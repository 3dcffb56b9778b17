package dev.poise.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.spec.SpecJson.MalformedSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecJsonTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final PoolId POOL = PoolId.generate(NOW);

  private static final LoadBalancerSpec SPEC =
      new LoadBalancerSpec(
          LoadBalancerId.generate(NOW),
          7,
          new Home.Node(),
          List.of(new IpAddress("10.0.0.5")),
          new Sources.Only(List.of(new AddressRange("10.0.0.0/8"))),
          List.of(
              new ListenerSpec(
                  ListenerId.generate(NOW),
                  25,
                  new Protocol.Tcp(60, ProxyProtocol.V2),
                  new ConnectionLimit.AtMost(10),
                  new Sources.Anyone(),
                  POOL),
              new ListenerSpec(
                  ListenerId.generate(NOW),
                  53,
                  new Protocol.Udp(10),
                  new ConnectionLimit.Unlimited(),
                  new Sources.Only(List.of()),
                  POOL),
              new ListenerSpec(
                  ListenerId.generate(NOW),
                  80,
                  new Protocol.Https(
                      new HttpOptions(
                          60,
                          30,
                          new RequestHeaders(
                              RequestHeaders.ForwardedFor.REPLACE,
                              true,
                              true,
                              true,
                              new RequestHeaders.Host.Fixed(new HostName("a.test"))),
                          List.of(
                              new RuleSpec(
                                  RuleId.generate(NOW),
                                  new DomainMatch.Pattern(new DomainPattern("*.a.test")),
                                  new PathPrefix("/api"),
                                  new Action.ToPool(POOL)))),
                      new Tls(
                          Tls.Policy.TLS_1_2_AND_1_3,
                          new Tls.Certificate(
                              new BundleRef(CertificateId.generate(NOW), "0".repeat(64)),
                              new ClientAuthentication.None()),
                          List.of())),
                  new ConnectionLimit.Unlimited(),
                  new Sources.Anyone(),
                  POOL)),
          List.of(
              new PoolSpec(
                  PoolId.generate(NOW),
                  Algorithm.WEIGHTED_ROUND_ROBIN,
                  new Persistence.SourceIp(),
                  new HealthCheck.Udp(
                      new HealthCheck.Timing(2, 1, 2, 3),
                      new Datagram(""),
                      new HealthCheck.Expected.BeginsWith(new Datagram("00ff"))),
                  List.of()),
              new PoolSpec(
                  POOL,
                  Algorithm.SOURCE_IP,
                  new Persistence.Cookie(new Persistence.CookieName("SRV")),
                  new HealthCheck.Http(
                      new HealthCheck.Timing(2, 1, 2, 3),
                      HealthCheck.Method.GET,
                      "/",
                      new HealthCheck.Host.Member(),
                      new StatusCodes("200-399")),
                  List.of(
                      new MemberSpec(
                          MemberId.generate(NOW),
                          1,
                          new IpAddress("10.0.1.1"),
                          8080,
                          5,
                          MemberMode.ENABLED)))));

  @Test
  void readsBackWhatItWrote() throws MalformedSpec {
    assertThat(SpecJson.readSpec(SpecJson.write(SPEC))).isEqualTo(SPEC);
  }

  @Test
  void readsBackAReport() {
    NodeReport report =
        new NodeReport(
            NodeId.generate(NOW),
            "s",
            1,
            true,
            NOW,
            3,
            3,
            new Capabilities(
                Map.of("haproxy", "2.6.12"), List.of("TCP"), List.of(), Map.of("UDP", "nft: no")),
            List.of(
                new LoadBalancerReport(
                    SPEC.id(),
                    new Outcome.Refused(7, "no", NOW),
                    new Serving.Running(6, 42, NOW),
                    List.of(new VipReport(new IpAddress("10.0.0.5"), 1, 2, 3, 4)),
                    List.of(
                        new ListenerReport(
                            ListenerId.generate(NOW), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)),
                    List.of(
                        new MemberReport(
                            MemberId.generate(NOW),
                            MemberReport.Health.HEALTHY,
                            "ok",
                            NOW,
                            1,
                            2,
                            3)))),
            List.of(),
            HeldRemovals.NONE,
            List.of("a manifest was refused"),
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    assertThat(SpecJson.read(SpecJson.write(report), NodeReport.class)).isEqualTo(report);
  }

  @Test
  void refusesAnOptionItDoesNotKnow() {
    String json = SpecJson.write(SPEC).replace("\"port\":25", "\"port\":25,\"mirror\":true");
    assertThatThrownBy(() -> SpecJson.readSpec(json))
        .isInstanceOf(MalformedSpec.class)
        .hasMessageContaining("mirror");
  }

  @Test
  void refusesAProtocolItDoesNotKnow() {
    String json = SpecJson.write(SPEC).replace("\"type\":\"TCP\"", "\"type\":\"QUIC\"");
    assertThatThrownBy(() -> SpecJson.readSpec(json))
        .isInstanceOf(MalformedSpec.class)
        .hasMessageContaining("QUIC");
  }

  @Test
  void refusesAMissingOption() {
    String json = SpecJson.write(SPEC).replace("\"port\":25,", "");
    assertThatThrownBy(() -> SpecJson.readSpec(json))
        .isInstanceOf(MalformedSpec.class)
        .hasMessageContaining("port");
  }

  @Test
  void readsAManifestThatSaysMore() {
    Manifest manifest =
        new Manifest(
            ClusterId.generate(NOW),
            NodeId.generate(NOW),
            3,
            new Redundancy.None(),
            List.of(),
            List.of(),
            List.of(),
            0,
            List.of());
    String json = SpecJson.write(manifest).replaceFirst("\\{", "{\"newer\":1,");
    assertThat(SpecJson.read(json, Manifest.class)).isEqualTo(manifest);
  }

  @Test
  void equalSpecsHaveEqualDigests() throws MalformedSpec {
    String json = SpecJson.write(SPEC);
    assertThat(SpecJson.digest(SpecJson.write(SpecJson.readSpec(json))))
        .isEqualTo(SpecJson.digest(json))
        .hasSize(64);
  }
}
