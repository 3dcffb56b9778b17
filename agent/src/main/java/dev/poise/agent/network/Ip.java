package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.kernel.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The programs {@code ip} and {@code bridge}. */
public final class Ip {
  private static final Pattern VERSION = Pattern.compile("iproute2-([0-9.]+)");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LONGEST = 300;

  private final String ipProgram;
  private final Tool ip;
  private final Tool bridge;

  /** Programs by their names or paths. */
  public Ip(String ipProgram, String bridgeProgram) {
    this.ipProgram = ipProgram;
    this.ip = new Tool(ipProgram);
    this.bridge = new Tool(bridgeProgram);
  }

  /** The version of the programs, which are one package. */
  public String version() throws IOException {
    String said = run(ip, List.of("-V"), "");
    run(bridge, List.of("-V"), "");
    Matcher version = VERSION.matcher(said);
    if (!version.find()) throw new IOException("'" + ipProgram + " -V' does not say a version");
    return version.group(1);
  }

  /** What stands before a command line that is to run in the namespace. */
  public List<String> enter(Namespace namespace) {
    return namespace.enter(ipProgram);
  }

  /** Runs {@code ip} in the agent's own network. */
  void run(String... arguments) throws IOException {
    run(ip, List.of(arguments), "");
  }

  /** Runs commands of {@code ip} in a namespace, one after the other until one fails. */
  void batch(String namespace, List<String> commands) throws IOException {
    if (commands.isEmpty()) return;
    run(ip, List.of("-n", namespace, "-batch", "-"), lines(commands));
  }

  /** Runs commands of {@code bridge} in a namespace, one after the other until one fails. */
  void bridgeBatch(String namespace, List<String> commands) throws IOException {
    if (commands.isEmpty()) return;
    run(bridge, List.of("-n", namespace, "-batch", "-"), lines(commands));
  }

  private static String lines(List<String> commands) {
    return String.join("\n", commands) + "\n";
  }

  /** What {@code ip} shows of a namespace. */
  JsonNode show(String namespace, String... arguments) throws IOException {
    return json(ip, namespace, arguments);
  }

  /** What {@code bridge} shows of a namespace. */
  JsonNode showBridge(String namespace, String... arguments) throws IOException {
    return json(bridge, namespace, arguments);
  }

  private static JsonNode json(Tool tool, String namespace, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(List.of("-n", namespace, "-j"));
    line.addAll(List.of(arguments));
    String shown = run(tool, line, "");
    try {
      return JSON.readTree(shown.isBlank() ? "[]" : shown);
    } catch (JacksonException e) {
      throw new IOException("what " + String.join(" ", arguments) + " shows cannot be read", e);
    }
  }

  /** Sets values below {@code /proc/sys/net/ipv4} of a namespace. */
  void set(Namespace namespace, Map<String, Integer> values) throws IOException {
    StringBuilder script = new StringBuilder("set -e");
    values.forEach((name, value) ->
        script.append("; echo ").append(value).append(" > /proc/sys/net/ipv4/").append(name));
    Tool shell = new Tool(enter(namespace), "/bin/sh");
    run(shell, List.of("-c", script.toString()), "");
  }

  private static String run(Tool tool, List<String> arguments, String input) throws IOException {
    Tool.Run run = tool.run(arguments, input);
    if (!run.succeeded()) throw new IOException(reason(run.output()));
    return run.output();
  }

  /** Its first sentence. */
  private static String reason(String output) {
    String line =
        output.lines().filter(each -> !each.isBlank()).findFirst().orElse("ip failed silently");
    String sentence = line.strip();
    return sentence.length() > LONGEST ? sentence.substring(0, LONGEST) : sentence;
  }
}
