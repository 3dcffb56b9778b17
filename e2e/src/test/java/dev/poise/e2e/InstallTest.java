package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.e2e.Machine.Init;
import dev.poise.standalone.Ports;
import dev.poise.standalone.ProjectPlaces;
import dev.poise.standalone.Site;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What an operator copies from the API and pastes on a machine. */
@PrivateWorld
@ExtendWith(Worlds.class)
class InstallTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int WEB = 80;
  private static final String WRONG_PIN = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  @BeforeAll
  static void archive() {
    AgentArchive.ensure(new ProjectPlaces(Path.of(System.getProperty("poise.root", ".."))));
  }

  /** A machine with a cluster that waits for it. */
  private record Place(World world, Machine machine, Site site, URI door) implements AutoCloseable {
    static Place of(World world, Init init) throws IOException {
      Machine machine = world.remember(Machine.boot(init));
      String name = "of-" + machine.there();
      Site site = Site.ensure(world.api(), new Site.Names(name, name, name, name), machine.cidr());
      JsonNode any = world.api().post("/clusters/" + site.cluster() + "/join-tokens", Map.of());
      int door = URI.create(any.path("serverUrl").asString()).getPort();
      Relay relay =
          world.remember(
              new Relay(
                  machine.here(), Ports.choose(machine.here()), Ports.endpoint("127.0.0.1", door)));
      return world.remember(
          new Place(
              world, machine, site, URI.create("https://" + relay.address() + ":" + relay.port())));
    }

    /**
     * The command that the API prints for a machine, which reaches the server through the cable.
     */
    String command() {
      JsonNode made = world.api().post("/clusters/" + site.cluster() + "/join-tokens", Map.of());
      return made.path("command")
          .asString()
          .replace(made.path("serverUrl").asString(), door.toString())
          // Who runs it is root already.
          .replace("sudo ", "");
    }

    /** The node, when it is live. */
    JsonNode live() {
      return Await.until(
              "the node is live",
              SOON,
              this::nodes,
              nodes -> nodes.size() == 1 && nodes.getFirst().path("live").asBoolean())
          .getFirst();
    }

    /** A load balancer on the machine, whose address somebody brings there. */
    Balancer balancer() {
      HttpBackend backend = world.remember(new HttpBackend("backend", machine.here()));
      Balancer balancer =
          world.adopt(
              world
                  .api()
                  .post(
                      "/load-balancers",
                      Map.of(
                          "name",
                          "first",
                          "subnetId",
                          site.subnet(),
                          "listeners",
                          List.of(Recipe.http(WEB).members(backend).body()))));
      machine.require(
          "ip address add %s/32 dev eth0"
              .formatted(balancer.at(WEB).getAddress().getHostAddress()));
      return balancer;
    }

    void awaitServed(Balancer balancer) {
      balancer.awaitApplied();
      Await.until("the machine serves", SOON, () -> isServed(balancer));
    }

    boolean isServed(Balancer balancer) {
      try {
        return HttpConnection.once(balancer.at(WEB), machine.here(), "/").status() == 200;
      } catch (IOException notYet) {
        return false;
      }
    }

    String haproxy() {
      return machine.require("pidof haproxy").strip();
    }

    List<JsonNode> nodes() {
      return world.api().list("/nodes?clusterId=" + site.cluster());
    }

    /** The machine lets go of what it serves, and is switched off. */
    @Override
    public void close() {
      for (JsonNode made : world.api().list("/load-balancers")) {
        if (!made.path("clusterId").asString().equals(site.cluster())) continue;
        Balancer balancer = new Balancer(world.api(), made);
        balancer.delete();
        balancer.awaitGone();
      }
      for (JsonNode node : nodes()) {
        world.api().post("/nodes/" + node.path("id").asString() + ":revoke");
      }
    }
  }

  @Test
  void oneCommandMakesAMachineANodeThatServesAndTheSameCommandUpgradesIt(World world)
      throws IOException {
    Place place = Place.of(world, Init.IDLE);
    Machine machine = place.machine();
    String command = place.command() + " --no-systemd --name first-node";
    assertThat(machine.run("command -v java").code()).as("there is no Java").isNotZero();

    String said = machine.require(command);
    JsonNode node = place.live();
    assertThat(node.path("name").asString()).isEqualTo("first-node");
    assertThat(node.path("protocols").toString()).contains("TCP", "HTTPS", "UDP");
    Balancer balancer = place.balancer();
    place.awaitServed(balancer);
    assertThat(said).contains("ok    the server takes the node's key", "Done:");
    assertThat(machine.require("cat /proc/sys/net/ipv4/ip_nonlocal_bind").strip()).isEqualTo("1");
    assertThat(machine.require("stat -c '%a %U' /etc/poise/node.key").strip())
        .isEqualTo("600 root");

    String haproxy = place.haproxy();
    String agent = machine.require("cat /run/poise-agent.pid");
    String again = machine.require(command);
    assertThat(again).contains("is a node already", "Done:");
    assertThat(machine.require("cat /run/poise-agent.pid")).isNotEqualTo(agent);
    assertThat(place.haproxy()).as("HAProxy did not notice").isEqualTo(haproxy);
    assertThat(place.isServed(balancer)).isTrue();
    assertThat(machine.require("ls -A /opt/poise-agent").lines())
        .as("one release, and the link to it")
        .hasSize(2)
        .contains("current");
  }

  @Test
  void anotherServersCertificateLeavesNothingBehind(World world) throws IOException {
    Place place = Place.of(world, Init.IDLE);
    String right = place.command() + " --no-systemd";
    // Already the download of the script is refused.
    String pin = right.substring(right.indexOf("sha256//"), right.indexOf("' '"));
    Program.Result fetched = place.machine().run(right.replace(pin, WRONG_PIN));
    assertThat(fetched.text()).contains("public key does not match pinned public key");
    // And so is what the script does, if that came from elsewhere.
    Program.Result run =
        place.machine().run(right.replace("--pin '" + pin + "'", "--pin '" + WRONG_PIN + "'"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.text()).contains("The agent could not be fetched");
    assertThat(place.machine().changed()).isEmpty();
    assertThat(place.machine().run("pidof java").code()).isNotZero();
    assertThat(place.nodes()).isEmpty();
  }

  @Test
  void aUsedTokenLeavesNothingBehind(World world) throws IOException {
    Place first = Place.of(world, Init.IDLE);
    String command = first.command() + " --no-systemd";
    first.machine().require(command);
    Place other = Place.of(world, Init.IDLE);
    Program.Result refused =
        other.machine().run(command.replace(first.door().toString(), other.door().toString()));
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.text()).contains("The machine did not become a node");
    assertThat(other.machine().changed()).isEmpty();
    assertThat(other.machine().run("ls -d /opt/poise-agent /etc/poise").code()).isNotZero();
    assertThat(other.machine().run("pidof java").code()).isNotZero();
  }

  @Test
  void packagesThatAreMissingAreInstalledAndOthersAreNot(World world) throws IOException {
    Place place = Place.of(world, Init.IDLE);
    Machine machine = place.machine();
    // Instead of a registry: what it says is written down, what is asked for comes from a drawer.
    machine.require(
        """
        mv /usr/sbin/conntrack /root/conntrack
        printf '#!/bin/sh\\necho "$@" >>/root/asked\\n[ "$1" = update ] || cp /root/conntrack /usr/sbin/\\n' \
          >/usr/local/bin/apt-get
        chmod +x /usr/local/bin/apt-get\
        """);
    String command = place.command() + " --no-systemd";
    machine.require(command);
    assertThat(machine.require("cat /root/asked"))
        .isEqualTo("update\ninstall -y --no-install-recommends conntrack\n");
    machine.require(command);
    assertThat(machine.require("cat /root/asked").lines()).hasSize(2);
  }

  @Test
  void whatCannotBeInstalledByAptIsNamedBeforeAnythingIsDone(World world) throws IOException {
    Place place = Place.of(world, Init.IDLE);
    place
        .machine()
        .require("rm /usr/sbin/keepalived && echo ID=other >/etc/os-release && touch /installed");
    Program.Result refused = place.machine().run(place.command() + " --no-systemd");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.text()).contains("neither Debian nor Ubuntu", "keepalived");
    assertThat(place.machine().changed()).isEmpty();
  }

  @Test
  void underSystemdTheAgentIsAServiceWhoseEndLeavesTheTrafficAlone(World world) throws IOException {
    Place place = Place.of(world, Init.SYSTEMD);
    Machine machine = place.machine();
    String said = machine.require(place.command());
    assertThat(said).contains("ok    CAP_NET_ADMIN", "ok    open files");
    assertThat(place.live().toString())
        .as("what its rights are enough for")
        .contains("HTTPS", "UDP", "VRRP", "NETNS", "VXLAN");
    Balancer balancer = place.balancer();
    place.awaitServed(balancer);
    String haproxy = place.haproxy();

    machine.require("systemctl stop poise-agent.service");
    assertThat(machine.run("pidof java").code()).as("the agent ended").isNotZero();
    assertThat(place.isServed(balancer)).isTrue();
    machine.require("systemctl start poise-agent.service");
    place.live();
    String member = "/members/" + balancer.members(WEB).getFirst().path("id").asString();
    balancer.patch(member, Map.of("weight", 7));
    assertThat(place.haproxy()).isEqualTo(haproxy);

    machine.require("kill -9 $(systemctl show -P MainPID poise-agent.service)");
    Await.until(
        "systemd starts it again",
        SOON,
        () -> machine.run("systemctl is-active poise-agent.service && pidof java").code() == 0);
    place.live();
    assertThat(place.haproxy()).isEqualTo(haproxy);
    assertThat(machine.require("systemctl is-enabled poise-agent.service").strip())
        .isEqualTo("enabled");
  }
}
