package dev.poise.agent.kernel;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The conntrack program, for UDP. */
final class Conntrack {
  private static final Pattern VERSION = Pattern.compile("conntrack v(\\d+(\\.\\d+)*)");

  private final Tool tool;

  Conntrack(List<String> enter, String program) {
    tool = new Tool(enter, program);
  }

  String version() throws IOException {
    Tool.Run run = tool.run(List.of("--version"), "");
    Matcher version = VERSION.matcher(run.output());
    if (!run.succeeded() || !version.find()) {
      throw new IOException("conntrack does not say its version");
    }
    return version.group(1);
  }

  /** All sessions whose destination was translated, which are ours and perhaps others'. */
  Sessions sessions() throws IOException {
    Sessions sessions = new Sessions();
    Tool.Run run = tool.read(List.of("-L", "-p", "udp", "-f", "ipv4", "-g"), sessions::add);
    if (!run.succeeded()) throw new IOException("conntrack: " + reason(run.output().strip()));
    return sessions;
  }

  private static String reason(String line) {
    return line.substring(line.lastIndexOf(": ") + 1).strip();
  }

  /** Ends the sessions of some flows. */
  void end(Collection<Flow> flows) throws IOException {
    batch(flows.stream().map(Conntrack::filter).toList());
  }

  /** Ends what these clients have with a flow. */
  void end(Flow flow, Collection<IpAddress> clients) throws IOException {
    batch(clients.stream().map(client -> filter(flow) + " --orig-src " + client).toList());
  }

  private static String filter(Flow flow) {
    return "-D -p udp --orig-dst %s --orig-port-dst %d --reply-src %s --reply-port-src %d"
        .formatted(flow.vip(), flow.port(), flow.member(), flow.memberPort());
  }

  private void batch(List<String> lines) throws IOException {
    if (lines.isEmpty()) return;
    Tool.Run run = tool.run(List.of("-R", "-"), String.join("\n", lines) + "\n");
    if (!run.succeeded()) throw new IOException("conntrack: " + reason(run.output().strip()));
  }
}
