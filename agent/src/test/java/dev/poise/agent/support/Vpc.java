package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import dev.poise.spec.VpcId;
import dev.poise.spec.VpcNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A VPC as others make it: a namespace for load balancers, at the other end of its cable one for
 * everybody else. All VPCs are 10.0.0.0/24, with the same addresses in them.
 */
public final class Vpc implements AutoCloseable {
  /** The address of members and clients in every VPC. */
  public static final IpAddress MEMBER = new IpAddress("10.0.0.10");

  /** The address of load balancers in every VPC. */
  public static final IpAddress VIP = new IpAddress("10.0.0.5");

  /** The port of members. */
  public static final int PORT = 8000;

  private final VpcId id = VpcId.generate(Instant.now());
  private final String name = "poise-t%08x".formatted(ThreadLocalRandom.current().nextInt());
  private final Path directory;
  private final List<Process> started = new ArrayList<>();

  private Vpc(Path directory) {
    this.directory = directory;
  }

  /** A VPC with both of its ends. */
  public static Vpc make(Path directory) throws IOException, InterruptedException {
    Vpc vpc = new Vpc(directory);
    vpc.makeInside();
    vpc.makeNamespace();
    return vpc;
  }

  /** A VPC without a namespace for load balancers yet. */
  public static Vpc makeInsideOnly(Path directory) throws IOException, InterruptedException {
    Vpc vpc = new Vpc(directory);
    vpc.makeInside();
    return vpc;
  }

  private void makeInside() throws IOException, InterruptedException {
    ip("netns add " + inside());
    ip("-n " + inside() + " link set lo up");
  }

  /** Makes the namespace for load balancers. */
  public void makeNamespace() throws IOException, InterruptedException {
    ip("netns add " + name);
    ip("-n " + name + " link set lo up");
    ip("-n " + name + " link add eth0 type veth peer name eth0 netns " + inside());
    ip("-n " + name + " addr add 10.0.0.2/24 dev eth0");
    ip("-n " + name + " link set eth0 up");
    ip("-n " + inside() + " addr add " + MEMBER + "/24 dev eth0");
    ip("-n " + inside() + " link set eth0 up");
  }

  /** Takes the namespace for load balancers away. */
  public void removeNamespace() throws IOException, InterruptedException {
    ip("-n " + name + " link del eth0");
    ip("netns del " + name);
  }

  /** Joins the VXLAN with that number as another host does, and has the members' address there. */
  public void joinVxlan(int vni, Wire cable) throws IOException, InterruptedException {
    ip(
        "-n %s link add vx netns %s mtu 1450 type vxlan id %d dstport 4789 local %s remote %s"
            .formatted(
                cable.namespace(), inside(), vni, cable.thereAddress(), cable.hereAddress()));
    ip("-n " + inside() + " addr add " + MEMBER + "/24 dev vx");
    ip("-n " + inside() + " link set vx up");
  }

  /** Its id. */
  public VpcId id() {
    return id;
  }

  /** The name of the namespace for load balancers. */
  public String namespace() {
    return name;
  }

  private String inside() {
    return name + "i";
  }

  /** What the manifest says of it. */
  public VpcNetwork network() {
    return new VpcNetwork(id, new VpcNetwork.Segment.Netns(name, "eth0"));
  }

  /** Runs {@code ip}. */
  public static String ip(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ", -1)));
    Command run = Command.run(Path.of("/"), command);
    if (run.exit() != 0) throw new AssertionError("ip " + arguments + ": " + run.output());
    return run.output();
  }

  /** The IPv4 addresses of load balancers' interface. */
  public String addresses() throws IOException, InterruptedException {
    return ip("-n " + name + " -4 -o addr show dev eth0");
  }

  /** Whose hardware addresses are known within. */
  public String neighbours() throws IOException, InterruptedException {
    return ip("-n " + inside() + " neigh show");
  }

  /** Sets a value of the kernel within. */
  public void setInside(String value, int number) throws IOException, InterruptedException {
    String command = "echo " + number + " > /proc/sys/net/ipv4/" + value;
    Command.run(directory, inside("/bin/sh", "-c", command));
  }

  /** Starts a member that answers every request with a word. */
  public void member(String word) throws IOException {
    Path config = directory.resolve(name + ".cfg");
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
    started.add(
        new ProcessBuilder(inside("haproxy", "-db", "-f", config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  private List<String> inside(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", inside()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** What requests from within come to: lines of words, or of curl's complaints. */
  public List<String> ask(String url) throws IOException, InterruptedException {
    return lines(Command.run(directory, inside(curl(url))));
  }

  /** What requests from this machine come to. */
  public static List<String> askFromHere(Path directory, String url)
      throws IOException, InterruptedException {
    return lines(Command.run(directory, List.of(curl(url))));
  }

  private static String[] curl(String url) {
    return new String[] {"curl", "-sS", "-m", "60", "-H", "Connection: close", url};
  }

  private static List<String> lines(Command run) {
    return run.output().lines().filter(line -> !line.isBlank()).toList();
  }

  /** Asks from within, again and again, into a file. */
  public Process load(Path output, String url) throws IOException {
    Process process =
        new ProcessBuilder(inside(curl(url)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(process);
    return process;
  }

  /** Runs a Java program within, from one source file. */
  public void java(Path source, Path output, String... arguments) throws IOException {
    List<String> command =
        inside(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            source.toString());
    command.addAll(List.of(arguments));
    started.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start());
  }

  /** The name of the node's own network for processes in others. */
  public static String edgeOf(NodeId node) {
    return "poise-edge-" + node.text().substring(node.text().length() - 8);
  }

  @Override
  public void close() throws IOException {
    try {
      for (Process process : started) process.destroyForcibly().waitFor();
      for (String each : List.of(inside(), name)) {
        if (Files.exists(Path.of("/run/netns", each))) ip("netns del " + each);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
