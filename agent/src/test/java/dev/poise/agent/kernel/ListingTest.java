package dev.poise.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.render.NodeRules.Element;
import dev.poise.spec.IpAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What nft 1.0.6 and conntrack 1.4.7 print. */
class ListingTest {
  @Test
  void countersAndElementsAreReadAsTheyAreWritten() {
    Listing listing =
        Listing.parse(
            """
            {"nftables": [{"metainfo": {"version": "1.0.6"}},
            {"counter": {"family": "ip", "name": "a_begun", "table": "lb", "packets": 3, "bytes": 87}},
            {"set": {"family": "ip", "name": "received", "table": "t", "elem": [
              {"elem": {"val": {"concat": ["10.0.0.1", 17, 53]}, "comment": "lb_x",
                "counter": {"packets": 7, "bytes": 9}}}]}},
            {"set": {"family": "ip", "name": "ping_sources", "table": "t", "elem": [
              {"elem": {"val": {"concat": ["10.0.0.1", {"prefix": {"addr": "10.0.0.0", "len": 8}}]},
                "comment": "lb_x"}},
              {"elem": {"val": {"concat": ["10.0.0.1", "192.0.2.1"]}, "comment": "lb_x"}}]}},
            {"set": {"family": "ip", "name": "unreachable", "table": "t", "elem": [
              {"elem": {"val": {"concat": [184221698, 5300]}, "expires": 1}}]}}]}
            """);
    assertThat(listing.counters()).isEqualTo(Map.of("lb", Map.of("a_begun", new Traffic(3, 87))));
    Listing.Listed plain = new Listing.Listed("lb_x", Traffic.NONE);
    assertThat(listing.elements())
        .isEqualTo(
            Map.of(
                new Element("received", "10.0.0.1 . 17 . 53"),
                new Listing.Listed("lb_x", new Traffic(7, 9)),
                new Element("ping_sources", "10.0.0.1 . 10.0.0.0/8"),
                plain,
                new Element("ping_sources", "10.0.0.1 . 192.0.2.1"),
                plain,
                new Element("unreachable", "184221698 . 5300"),
                new Listing.Listed("", Traffic.NONE)));
  }

  @Test
  void sessionsAreCountedByFlow() {
    Sessions sessions = new Sessions();
    sessions.add(
        "udp      17 29 src=127.0.0.1 dst=127.9.1.1 sport=4001 dport=53 [UNREPLIED]"
            + " src=10.0.0.2 dst=10.0.0.1 sport=5300 dport=4001 mark=0 use=1");
    sessions.add(
        "udp      17 59 src=127.0.0.2 dst=127.9.1.1 sport=4002 dport=53"
            + " src=10.0.0.2 dst=10.0.0.1 sport=5300 dport=4002 [ASSURED] mark=0 use=1");
    sessions.add("conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.");
    sessions.add("udp      17 59 src=::1 dst=::1 sport=4002 dport=53 src=::1 dst=::1 sport=1");
    Flow flow = new Flow(new IpAddress("127.9.1.1"), 53, new IpAddress("10.0.0.2"), 5300);
    assertThat(sessions.flows()).containsExactly(flow);
    assertThat(sessions.count(flow)).isEqualTo(2);
    assertThat(sessions.clients(flow))
        .containsExactlyInAnyOrder(new IpAddress("127.0.0.1"), new IpAddress("127.0.0.2"));
  }
}
