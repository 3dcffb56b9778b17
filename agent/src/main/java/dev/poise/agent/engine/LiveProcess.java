package dev.poise.agent.engine;

import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.HaproxyConfig;
import dev.poise.spec.LoadBalancerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process that listens for a load balancer, and what it says of itself.
 *
 * @param generation the one it says it serves
 * @param digest of the spec it says it serves
 */
record LiveProcess(
    ProcessIdentity identity,
    AdminConnection admin,
    long generation,
    String digest,
    Instant since) {
  private static final Pattern VALUE = Pattern.compile("value=<([0-9A-Za-z]*)>");

  /** Asks whoever listens on the socket; empty if nobody does or it is not this load balancer. */
  static Optional<LiveProcess> ask(Path socket, LoadBalancerId id) {
    AdminConnection admin;
    try {
      admin = AdminConnection.open(socket);
    } catch (IOException e) {
      return Optional.empty();
    }
    Optional<LiveProcess> process = Optional.empty();
    try {
      process = ask(admin, id);
    } catch (IOException e) {
      return Optional.empty();
    } finally {
      if (process.isEmpty()) admin.close();
    }
    return process;
  }

  private static Optional<LiveProcess> ask(AdminConnection admin, LoadBalancerId id)
      throws IOException {
    String info = admin.ask("show info");
    boolean ours = infoValue(info, "description").equals(id.text());
    boolean stopping = infoValue(info, "Stopping").equals("1");
    Optional<ProcessIdentity> identity = ProcessTable.find(infoNumber(info, "Pid"));
    if (!ours || stopping || identity.isEmpty()) return Optional.empty();
    String generation = variable(admin, HaproxyConfig.GENERATION_VARIABLE);
    String digest = variable(admin, HaproxyConfig.DIGEST_VARIABLE);
    Instant since =
        ProcessHandle.of(identity.get().pid())
            .flatMap(handle -> handle.info().startInstant())
            .orElse(Instant.EPOCH);
    return Optional.of(
        new LiveProcess(
            identity.get(),
            admin,
            generation.isEmpty() ? 0 : Long.parseLong(generation),
            digest,
            since));
  }

  /** Tells the process that it serves another spec now, and asks it. */
  LiveProcess renamed(DigestedSpec spec) throws IOException {
    admin.ask("experimental-mode on");
    admin.order(
        "set var " + HaproxyConfig.GENERATION_VARIABLE + " int(" + spec.spec().generation() + ")");
    admin.order("set var " + HaproxyConfig.DIGEST_VARIABLE + " str(" + spec.digest() + ")");
    return new LiveProcess(
        identity,
        admin,
        Long.parseLong(variable(admin, HaproxyConfig.GENERATION_VARIABLE)),
        variable(admin, HaproxyConfig.DIGEST_VARIABLE),
        since);
  }

  boolean serves(DigestedSpec spec) {
    return generation == spec.spec().generation() && digest.equals(spec.digest());
  }

  Statistics statistics() throws IOException {
    return Statistics.parse(admin.ask(Statistics.QUESTION));
  }

  private static String variable(AdminConnection admin, String name) throws IOException {
    Matcher value = VALUE.matcher(admin.ask("get var " + name));
    return value.find() ? value.group(1) : "";
  }

  /** Whether the process has not been told to finish. */
  static boolean isListening(AdminConnection admin) {
    try {
      return infoValue(admin.ask("show info"), "Stopping").equals("0");
    } catch (IOException e) {
      return false;
    }
  }

  static long infoNumber(String info, String name) throws IOException {
    String value = infoValue(info, name);
    if (value.isEmpty()) throw new IOException("HAProxy does not tell its " + name);
    return Long.parseLong(value);
  }

  private static String infoValue(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2).strip())
        .findFirst()
        .orElse("");
  }
}
