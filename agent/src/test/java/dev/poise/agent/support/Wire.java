package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A machine at the other end of a cable: a network namespace of its own. This machine has the first
 * address of the network between, the other one the second.
 */
public final class Wire implements AutoCloseable {
  private final String name;
  private final String here;
  private final String network;
  private final List<Process> started = new ArrayList<>();

  private Wire(String name, String network) {
    this.name = "poise-" + name;
    this.here = "pz" + name;
    this.network = network;
  }

  /** Plugs it in. */
  public static Wire plug() throws IOException, InterruptedException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String name = "%08x".formatted(random.nextInt());
    String network =
        FreeNetwork.among(
            () -> "10.%d.%d.".formatted(random.nextInt(200, 250), random.nextInt(250)));
    Wire wire = new Wire(name, network);
    wire.ip("netns", "add", wire.name);
    wire.ip("link", "add", wire.here, "type", "veth", "peer", "name", "eth0", "netns", wire.name);
    wire.ip("addr", "add", network + "1/24", "dev", wire.here);
    wire.ip("link", "set", wire.here, "up");
    wire.there("ip", "link", "set", "lo", "up");
    wire.there("ip", "addr", "add", network + "2/24", "dev", "eth0");
    wire.there("ip", "link", "set", "eth0", "up");
    wire.there("ip", "route", "add", "default", "via", network + "1");
    return wire;
  }

  private void ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    check(Command.run(Path.of("/"), command), command);
  }

  private void there(String... arguments) throws IOException, InterruptedException {
    check(Command.run(Path.of("/"), inside(arguments)), List.of(arguments));
  }

  private List<String> inside(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
    command.addAll(List.of(arguments));
    return command;
  }

  private static void check(Command command, List<String> words) {
    if (command.exit() != 0) throw new AssertionError(words + ": " + command.output());
  }

  /** The other machine, as a network namespace. */
  public String namespace() {
    return name;
  }

  /** This machine's address on the wire. */
  public IpAddress hereAddress() {
    return new IpAddress(network + "1");
  }

  /** Another address of this machine, on the wire as well. */
  public IpAddress addHere(int last) throws IOException, InterruptedException {
    ip("addr", "add", network + last + "/32", "dev", here);
    return new IpAddress(network + last);
  }

  /** The other machine's address. */
  public IpAddress thereAddress() {
    return new IpAddress(network + "2");
  }

  /** Runs a Java program on the other machine, from one source file; its output goes to a file. */
  public Process java(Path source, Path output, String... arguments) throws IOException {
    List<String> command =
        inside(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            source.toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(process);
    return process;
  }

  /** The lines of a file that is being written. */
  public static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Override
  public void close() throws IOException {
    try {
      for (Process process : started) process.destroyForcibly().waitFor();
      ip("netns", "del", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
