package dev.poise.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A machine on a {@link Lan}: a network namespace with one interface. */
final class Host implements AutoCloseable {
  /** Its interface. */
  static final String INTERFACE = "eth0";

  private final String lan;
  private final String port;
  private final String name;
  private final String address;

  private Host(String lan, String port, String name, String address) {
    this.lan = lan;
    this.port = port;
    this.name = name;
    this.address = address;
  }

  static Host plug(String lan, String bridge, String name, String address) {
    String port = "p" + address.substring(address.lastIndexOf('.') + 1);
    Program.output("ip", "netns", "add", name);
    Host host = new Host(lan, port, name, address);
    Program.output(
        "ip", "-n", lan, "link", "add", port, "type", "veth", "peer", "name", INTERFACE, "netns",
        name);
    Program.output("ip", "-n", lan, "link", "set", port, "master", bridge, "up");
    Program.output("ip", "-n", name, "link", "set", "lo", "up");
    Program.output("ip", "-n", name, "link", "set", INTERFACE, "up");
    Program.output("ip", "-n", name, "address", "add", address + "/24", "dev", INTERFACE);
    return host;
  }

  String name() {
    return name;
  }

  String address() {
    return address;
  }

  /** What to write before a command so that it runs on this host. */
  List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Runs a command on this host and returns what it printed. */
  String run(String... command) {
    return Program.output(
        Stream.concat(prefix().stream(), Arrays.stream(command)).toArray(String[]::new));
  }

  /** Takes the plug out of the switch, or puts it in again. */
  void plugged(boolean in) {
    Program.output("ip", "-n", lan, "link", "set", port, in ? "up" : "down");
  }

  /** From now on it does not hear what other nodes say of themselves. */
  void makeDeafToVrrp() {
    run("nft", "add table ip deaf");
    run("nft", "add chain ip deaf in { type filter hook input priority -10; }");
    run("nft", "add rule ip deaf in ip protocol vrrp drop");
  }

  /** It hears them again. */
  void hearVrrp() {
    Program.succeeds("ip", "netns", "exec", name, "nft", "delete table ip deaf");
  }

  /** The address of its interface on the wire. */
  String linkAddress() {
    return run("cat", "/sys/class/net/" + INTERFACE + "/address").strip();
  }

  /** The addresses it has apart from its own. */
  List<String> extraAddresses() {
    return run("ip", "-o", "-4", "address", "show", "dev", INTERFACE)
        .lines()
        .map(line -> line.split(" +", -1)[3])
        .map(text -> text.substring(0, text.indexOf('/')))
        .filter(found -> !found.equals(address))
        .toList();
  }

  /** Its processes that run this program, the oldest first. */
  List<Long> processes(String program) {
    List<Long> found = new ArrayList<>();
    for (long pid : processes()) {
      if (program(pid).filter(program::equals).isPresent()) found.add(pid);
    }
    return found;
  }

  private List<Long> processes() {
    return Program.output("ip", "netns", "pids", name)
        .lines()
        .map(Long::parseLong)
        .sorted()
        .toList();
  }

  private static Optional<String> program(long pid) {
    try {
      return Optional.of(
          Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).getFileName().toString());
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /** Sends a signal to every process of this program. */
  void signal(String signal, String program) {
    for (long pid : processes(program)) Program.succeeds("kill", "-" + signal, "" + pid);
  }

  /** Sends a signal to all its processes. */
  void signalAll(String signal) {
    for (long pid : processes()) Program.succeeds("kill", "-" + signal, "" + pid);
  }

  @Override
  public void close() {
    signalAll("CONT");
    signalAll("KILL");
    Program.succeeds("ip", "netns", "del", name);
  }
}
