package dev.poise.e2e;

import dev.poise.standalone.ApiClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/**
 * A VPC of its own, and what is in it: a network namespace with a member and clients. Every VPC is
 * 10.0.0.0/24 and has the same addresses.
 */
final class VpcWorld implements AutoCloseable {
  static final String VIP = "10.0.0.5";
  private static final String MEMBER = "10.0.0.10";
  private static final int PORT = 8000;

  private final String name = "vpc-%08x".formatted(ThreadLocalRandom.current().nextInt());
  private final String word;
  private final Path config;
  private final List<Process> started = new ArrayList<>();
  private String subnet = "";

  private VpcWorld(String word) throws IOException {
    this.word = word;
    this.config = Files.createTempFile("poise-member", ".cfg");
    ip("netns add " + inside());
    ip("-n " + inside() + " link set lo up");
  }

  /** One whose namespace on the node an operator made. */
  static VpcWorld given(World world, String word) throws IOException {
    VpcWorld vpc = world.remember(new VpcWorld(word));
    ip("netns add " + vpc.name);
    ip("-n " + vpc.name + " link set lo up");
    ip("-n " + vpc.name + " link add eth0 type veth peer name eth0 netns " + vpc.inside());
    ip("-n " + vpc.name + " addr add 10.0.0.2/24 dev eth0");
    ip("-n " + vpc.name + " link set eth0 up");
    vpc.begin(world, Map.of("type", "NETNS", "name", vpc.name, "networkInterface", "eth0"), "eth0");
    return vpc;
  }

  /**
   * One that is a VXLAN between the node and the host of its member.
   *
   * @param cable what the addresses between the two begin with; the node is the first
   */
  static VpcWorld overVxlan(World world, String word, String cable) throws IOException {
    VpcWorld vpc = world.remember(new VpcWorld(word));
    int vni = ThreadLocalRandom.current().nextInt(1, 16_777_215);
    String near = "pv" + vpc.name.substring(4);
    ip("netns add " + vpc.name);
    ip("link add " + near + " type veth peer name eth0 netns " + vpc.name);
    ip("addr add " + cable + "1/24 dev " + near);
    ip("link set " + near + " up");
    ip("-n " + vpc.name + " addr add " + cable + "2/24 dev eth0");
    ip("-n " + vpc.name + " link set eth0 up");
    ip(
        "-n %s link add vx netns %s mtu 1450 type vxlan id %d dstport 4789 local %s2 remote %s1"
            .formatted(vpc.name, vpc.inside(), vni, cable, cable));
    vpc.begin(world, Map.of("type", "VXLAN", "vni", vni, "peers", List.of(cable + "2")), "vx");
    return vpc;
  }

  private void begin(World world, Map<String, Object> segment, String networkInterface)
      throws IOException {
    ip("-n " + inside() + " addr add " + MEMBER + "/24 dev " + networkInterface);
    ip("-n " + inside() + " link set " + networkInterface + " up");
    Files.writeString(
        config,
        """
        defaults
          mode http
          timeout client 10s
          timeout server 10s
          timeout connect 10s
        frontend member
          bind %s:%d
          http-request return status 200 content-type text/plain string "%s\\n"
        """
            .formatted(MEMBER, PORT, word));
    started.add(start("haproxy", "-db", "-f", config.toString()));
    ApiClient api = world.api();
    String vpc =
        api.post(
                "/vpcs",
                Map.of("name", name, "dataCenterId", world.site().dataCenter(), "segment", segment))
            .path("id")
            .asString();
    subnet =
        api.post("/subnets", Map.of("name", name, "vpcId", vpc, "cidr", "10.0.0.0/24"))
            .path("id")
            .asString();
    world.deleteAfterwards("/subnets/" + subnet);
    world.deleteAfterwards("/vpcs/" + vpc);
  }

  private String inside() {
    return name + "i";
  }

  /** A load balancer in it that sends to its member, at the address they all have. */
  Balancer balancer(World world, String networkType, Recipe listener) {
    JsonNode made =
        world
            .api()
            .post(
                "/load-balancers",
                Map.of(
                    "name",
                    word,
                    "networkType",
                    networkType,
                    "subnetId",
                    subnet,
                    "address",
                    VIP,
                    "listeners",
                    List.of(listener.body())));
    Balancer balancer = world.adopt(made);
    balancer.awaitApplied();
    return balancer;
  }

  /** Its member. */
  static Destination member() {
    return new Member(MEMBER, PORT);
  }

  private record Member(String address, int port) implements Destination {
    @Override
    public String name() {
      return "member";
    }
  }

  /** The lines that a client within gets for so many requests, each on a connection. */
  List<String> ask(int times) throws IOException {
    return lines(start(curl("http://" + VIP + "/[1-" + times + "]")));
  }

  /** The same from outside, at another address. */
  static List<String> askFromOutside(String address, int times) throws IOException {
    return lines(run(List.of(curl("http://" + address + "/[1-" + times + "]"))));
  }

  /** Whether a client within is answered by the member. */
  boolean serves() {
    try {
      return ask(1).equals(List.of(word));
    } catch (IOException e) {
      return false;
    }
  }

  private static String[] curl(String url) {
    return new String[] {"curl", "-sS", "-m", "60", "-H", "Connection: close", url};
  }

  private Process start(String... command) throws IOException {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", inside()));
    line.addAll(List.of(command));
    return run(line);
  }

  private static Process run(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static List<String> lines(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  private static void ip(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ", -1)));
    List<String> complaints = lines(run(command));
    if (!complaints.isEmpty()) throw new IOException("ip " + arguments + ": " + complaints);
  }

  @Override
  public void close() throws IOException {
    for (Process process : started) process.destroyForcibly();
    for (String each : List.of(inside(), name)) {
      if (Files.exists(Path.of("/run/netns", each))) ip("netns del " + each);
    }
    Files.delete(config);
  }
}
