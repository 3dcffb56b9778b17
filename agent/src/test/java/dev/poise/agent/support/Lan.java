package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A network with machines, each a network namespace of its own. This machine is on it as well, as
 * the client: a bridge with an address.
 */
public final class Lan implements AutoCloseable {
  private final String name = "%06x".formatted(ThreadLocalRandom.current().nextInt(1 << 24));
  private final String bridge = "pzb" + name;
  private final String network =
      FreeNetwork.among(() -> "10.%d.".formatted(ThreadLocalRandom.current().nextInt(150, 200)));
  private final List<Machine> machines = new ArrayList<>();

  private Lan() {}

  /** An empty one. */
  public static Lan make() throws IOException, InterruptedException {
    Lan lan = new Lan();
    run("ip", "link", "add", lan.bridge, "type", "bridge");
    run("ip", "addr", "add", lan.here() + "/16", "dev", lan.bridge);
    run("ip", "link", "set", lan.bridge, "up");
    return lan;
  }

  /** This machine's address on it. */
  public IpAddress here() {
    return new IpAddress(network + "0.254");
  }

  /** An address on it that nobody has yet. */
  public IpAddress address(int number) {
    return new IpAddress(network + (1 + number / 250) + "." + (1 + number % 250));
  }

  /** Another machine on it. */
  public Machine machine() throws IOException, InterruptedException {
    Machine machine = new Machine(machines.size() + 1);
    machines.add(machine);
    machine.plug();
    return machine;
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Command finished = Command.run(Path.of("/"), List.of(command));
    if (finished.exit() != 0) {
      throw new AssertionError(Arrays.toString(command) + ": " + finished.output());
    }
    return finished.output();
  }

  @Override
  public void close() throws IOException {
    try {
      for (Machine machine : machines) machine.scrap();
      run("ip", "link", "del", bridge);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A machine. */
  public final class Machine {
    private final int number;
    private final String namespace;
    private final String port;

    private Machine(int number) {
      this.number = number;
      this.namespace = "poise-" + name + "-" + number;
      this.port = "pz" + number + name;
    }

    private void plug() throws IOException, InterruptedException {
      Lan.run("ip", "netns", "add", namespace);
      Lan.run("ip", "link", "add", port, "type", "veth", "peer", "eth0", "netns", namespace);
      Lan.run("ip", "link", "set", port, "master", bridge, "up");
      run("ip", "link", "set", "lo", "up");
      run("ip", "addr", "add", address() + "/16", "dev", "eth0");
      run("ip", "link", "set", "eth0", "up");
    }

    /** Its own address. */
    public IpAddress address() {
      return new IpAddress(network + "0." + number);
    }

    /** Runs a program on it until it ends; gives what it printed. */
    public String run(String... command) throws IOException, InterruptedException {
      List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      words.addAll(List.of(command));
      return Lan.run(words.toArray(new String[0]));
    }

    /** Starts a program on it; what it prints goes to a file. */
    public Process start(Path output, List<String> command) throws IOException {
      List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      words.addAll(command);
      return new ProcessBuilder(words)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
          .start();
    }

    /** Whether it has an address. */
    public boolean has(IpAddress address) throws IOException, InterruptedException {
      return run("ip", "-4", "-o", "addr", "show").contains(" " + address + "/32 ");
    }

    /** How many addresses it has that are not its own. */
    public long foreign() throws IOException, InterruptedException {
      return run("ip", "-4", "-o", "addr", "show", "dev", "eth0")
          .lines()
          .filter(line -> line.contains("/32 "))
          .count();
    }

    /** Pulls the cable, or plugs it in again. */
    public void connected(boolean plugged) throws IOException, InterruptedException {
      Lan.run("ip", "link", "set", port, plugged ? "up" : "down");
    }

    /** Everything that runs on it. */
    public List<Long> processes() throws IOException, InterruptedException {
      return Lan.run("ip", "netns", "pids", namespace)
          .lines()
          .map(line -> Long.parseLong(line.strip()))
          .toList();
    }

    private void scrap() throws IOException, InterruptedException {
      for (long pid : processes()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      Lan.run("ip", "netns", "del", namespace);
    }
  }
}
