package dev.poise.agent;

import dev.poise.agent.ledger.DurableFile;
import dev.poise.agent.link.Pin;
import dev.poise.agent.link.Registration;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinAnswer;
import dev.poise.spec.JoinRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Makes this machine a node: shows the token, and writes down what comes back.
 *
 * <p>The token works once, so everything that could stand in the way is looked at before it is
 * shown. Then the key is written, and the configuration that names it last: a configuration with a
 * node in it has its key. What an operator wrote into the configuration before stays there.
 */
final class Join {
  private static final int ANY_PORT = 9;

  private final JoinOptions options;
  private final PrintStream out;

  Join(JoinOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void run() throws AgentConfig.Unusable, IOException, InterruptedException {
    List<String> before =
        Files.exists(options.file()) ? Files.readAllLines(options.file()) : List.of();
    requireThatItMayBeWritten(before);
    JoinRequest request =
        new JoinRequest(
            options.token(),
            options.name().isPresent() ? options.name().get() : hostName(),
            options.address().isPresent() ? options.address().get() : ownAddress());
    JoinAnswer answer = new Registration(options.server()).join(request);
    DurableFile.writeSecret(options.keyFile(), answer.key() + "\n");
    DurableFile.write(options.file(), text(before, answer));
    Files.setPosixFilePermissions(options.file(), PosixFilePermissions.fromString("rw-r--r--"));
    out.println(
        "this machine is %s of %s now, see %s"
            .formatted(answer.node(), answer.cluster(), options.file()));
  }

  private void requireThatItMayBeWritten(List<String> before)
      throws AgentConfig.Unusable, IOException {
    String known = properties(before).getProperty("node.id", "").strip();
    if (!options.again() && !known.isEmpty()) {
      throw new AgentConfig.Unusable(
          "%s: this machine is %s already; with --again it may become a node again"
              .formatted(options.file(), known));
    }
    if (!options.again() && Files.exists(options.keyFile())) {
      throw new AgentConfig.Unusable(
          options.keyFile() + " is the key of a node; with --again it may be replaced");
    }
    for (Path file : List.of(options.file(), options.keyFile())) {
      Path directory = file.resolveSibling("");
      Files.createDirectories(directory);
      if (!Files.isWritable(directory)) {
        throw new AgentConfig.Unusable(directory + ": nothing can be written there");
      }
    }
  }

  private static Properties properties(List<String> lines) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(String.join("\n", lines)));
    return properties;
  }

  /** What was there, without what is said anew, and then that. */
  private String text(List<String> before, JoinAnswer answer) throws IOException {
    Map<String, String> said = new LinkedHashMap<>();
    said.put("server.url", options.server().url().toString());
    said.put(
        "server.pins",
        options.server().pins().stream().map(Pin::text).sorted().collect(Collectors.joining(",")));
    said.put("node.id", answer.node().text());
    said.put("node.key-file", options.keyFile().toString());
    said.put("data.dir", options.dataDirectory().toString());
    options.runDirectory().ifPresent(run -> said.put("run.dir", run.toString()));
    List<String> lines = new ArrayList<>();
    for (String line : before) {
      if (properties(List.of(line)).stringPropertyNames().stream().noneMatch(said::containsKey)) {
        lines.add(line);
      }
    }
    for (Map.Entry<String, String> entry : said.entrySet()) {
      if (!entry.getValue().isEmpty()) lines.add(line(entry.getKey(), entry.getValue()));
    }
    return String.join("\n", lines) + "\n";
  }

  /** Behind the first sign of equality nothing means anything but a backslash. */
  private static String line(String name, String value) {
    return name + " = " + value.replace("\\", "\\\\");
  }

  private static String hostName() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  /** The address that the kernel would send from to the server; nothing is sent. */
  private IpAddress ownAddress() throws AgentConfig.Unusable {
    URI url = options.server().url();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(
          new InetSocketAddress(url.getHost(), url.getPort() < 0 ? ANY_PORT : url.getPort()));
      String address = socket.getLocalAddress().getHostAddress();
      if (IpAddress.isValid(address)) return new IpAddress(address);
    } catch (IOException | RuntimeException e) {
      // Said below, together with addresses of the other kind.
    }
    throw new AgentConfig.Unusable(
        "this machine's own address towards " + url + " is not known; say it with --address");
  }
}
