package dev.poise.agent.vrrp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.vrrp.Candidacy.Standing;
import dev.poise.agent.vrrp.RoleWords.Change;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Redundancy;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeepalivedWordsTest {
  private static final Standing STANDS = new Standing.Stands();

  private static Redundancy.Vrrp peers(String... peers) {
    return new Redundancy.Vrrp(
        1,
        100,
        1000,
        "eth0",
        "eth0",
        new IpAddress("10.0.0.1"),
        java.util.Arrays.stream(peers).map(IpAddress::new).toList(),
        false,
        Handover.NONE);
  }

  private static Told told(long heard, long farewells) {
    return new Told(Role.BACKUP, Instant.EPOCH, heard, farewells);
  }

  private static String primary(Told before, Told after, String... peers) {
    return RoleWords.why(
        Role.PRIMARY, new Change(Role.BACKUP, STANDS, "", true, before, after), peers(peers));
  }

  @Test
  void aPrimaryKnowsWhetherTheOneBeforeSaidGoodbye() {
    assertThat(primary(told(9, 1), told(12, 2), "10.0.0.2"))
        .isEqualTo("became primary: 10.0.0.2 gave way");
    assertThat(primary(told(9, 1), told(12, 1), "10.0.0.2"))
        .isEqualTo("became primary: 10.0.0.2 stopped advertising");
    assertThat(primary(Told.NOTHING, told(0, 0), "10.0.0.2"))
        .isEqualTo("became primary: no other node advertised");
    assertThat(primary(told(9, 1), told(12, 1), "10.0.0.2", "10.0.0.3"))
        .isEqualTo("became primary: the primary before stopped advertising");
  }

  @Test
  void aFaultIsTheNodesOwnDoingOrTheInterfaces() {
    Standing drained = new Standing.Out("drained by an operator");
    assertThat(fault(drained, true)).isEqualTo("drained by an operator");
    assertThat(fault(STANDS, false)).isEqualTo("interface eth0 is down");
    assertThat(fault(STANDS, true)).isEqualTo("keepalived says that it cannot take the addresses");
  }

  private static String fault(Standing standing, boolean isUp) {
    Change change = new Change(Role.PRIMARY, standing, "", isUp, Told.NOTHING, Told.NOTHING);
    return RoleWords.why(Role.FAULT, change, peers());
  }

  @Test
  void readsWhatKeepalivedTells() throws IOException {
    String json =
        """
        [{"data":{"iname":"poise","last_transition":1795272878.25,"state":2},
          "stats":{"advert_rcvd":7,"pri_zero_rcvd":3}}]
        """;
    assertThat(Told.parse(json))
        .isEqualTo(new Told(Role.PRIMARY, Instant.ofEpochMilli(1795272878250L), 7, 3));
    for (String unfinished : List.of("", "[", "[]", "[{\"data\":{")) {
      assertThatThrownBy(() -> Told.parse(unfinished)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void namesTheCapabilityThatIsLacking() {
    assertThat(VrrpAccess.lackingCapability("Name:\tx\nCapEff:\t0000000000003000\n")).isEmpty();
    assertThat(VrrpAccess.lackingCapability("CapEff:\t0000000000002000\n"))
        .isEqualTo("CAP_NET_ADMIN");
    assertThat(VrrpAccess.lackingCapability("CapEff:\t0000000000001000\n"))
        .isEqualTo("CAP_NET_RAW");
  }

  @Test
  void aProgramThatIsNotThereIsNamed() {
    assertThat(VrrpAccess.to("/nowhere/keepalived"))
        .isEqualTo(new VrrpAccess.Missing("'/nowhere/keepalived' does not run: is it installed?"));
    assertThat(VrrpAccess.to("true")).isInstanceOf(VrrpAccess.Missing.class);
    assertThat(VrrpAccess.to("keepalived")).isInstanceOf(VrrpAccess.Granted.class);
  }
}
