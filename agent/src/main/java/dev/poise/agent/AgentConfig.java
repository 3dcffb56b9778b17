package dev.poise.agent;

import dev.poise.agent.link.Pin;
import dev.poise.agent.link.ServerAddress;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.render.NodeSettings.Privileges;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the operator of a node decides, read from a properties file.
 *
 * @param settings what the configurations of all load balancers have in common
 */
record AgentConfig(
    ServerAddress server,
    NodeId node,
    Path nodeKeyFile,
    String haproxyBinary,
    String nftBinary,
    String conntrackBinary,
    String keepalivedBinary,
    String ipBinary,
    String bridgeBinary,
    int drainingLimit,
    NodeSettings settings) {

  /** HAProxy binds a socket under its name with something like {@code .12345.tmp} behind it. */
  private static final int LONGEST_SOCKET_PATH = 108 - 24;

  private static final String SOCKET_NAME = "lb_01h455vb4pex5vsknk084sn02q.sock";

  /** A configuration the agent cannot run with; the message is for the operator. */
  static final class Unusable extends Exception {
    Unusable(String message) {
      super(message);
    }
  }

  static AgentConfig read(Path file, NodeFacts facts) throws Unusable {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new Unusable(file + " cannot be read: " + e.getMessage());
    }
    return new Parser(properties, facts).parse();
  }

  /**
   * An address of a server.
   *
   * @param urlName what the operator calls the URL
   * @param pinsName what the operator calls the pins, which commas separate
   */
  static ServerAddress serverAddress(String urlName, String url, String pinsName, String pins)
      throws Unusable {
    Set<Pin> known = new HashSet<>();
    for (String pin : pins.split("[\\s,]+", -1)) {
      try {
        if (!pin.isEmpty()) known.add(new Pin(pin));
      } catch (IllegalArgumentException e) {
        throw new Unusable("%s: '%s' is %s".formatted(pinsName, pin, e.getMessage()));
      }
    }
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new Unusable(urlName + ": '" + url + "' is not an http or https address");
    }
    try {
      return new ServerAddress(uri, known);
    } catch (IllegalArgumentException e) {
      throw new Unusable("%s: '%s' is %s".formatted(urlName, url, e.getMessage()));
    }
  }

  /** The key the server knows this node by. */
  String nodeKey() throws Unusable {
    try {
      String key = Files.readString(nodeKeyFile).strip();
      if (key.isEmpty()) throw new Unusable("node.key-file: " + nodeKeyFile + " is empty");
      return key;
    } catch (IOException e) {
      throw new Unusable("node.key-file: " + nodeKeyFile + " cannot be read");
    }
  }

  private record Parser(Properties properties, NodeFacts facts, Set<String> asked) {
    Parser(Properties properties, NodeFacts facts) {
      this(properties, facts, new TreeSet<>());
    }

    AgentConfig parse() throws Unusable {
      Path data = path("data.dir", required("data.dir"));
      Path run = path("run.dir", text("run.dir", data.resolve("run").toString()));
      int longest = run.resolve(SOCKET_NAME).toString().length();
      if (longest > LONGEST_SOCKET_PATH) {
        throw new Unusable(
            "run.dir: '%s' makes socket paths of %d characters, and %d are possible"
                .formatted(run, longest, LONGEST_SOCKET_PATH));
      }
      NodeId node = node();
      NodeSettings settings =
          new NodeSettings(
              data,
              run,
              number("haproxy.threads", 1, 1, 64),
              number("haproxy.max-connections", facts.affordableConnections(), 1, 1_000_000),
              number("haproxy.hard-stop-seconds", 3600, 1, 604_800),
              privileges(),
              edgeNamespaceOf(node));
      AgentConfig config =
          new AgentConfig(
              server(),
              node,
              path("node.key-file", required("node.key-file")),
              text("haproxy.binary", "haproxy"),
              text("nft.binary", "nft"),
              text("conntrack.binary", "conntrack"),
              text("keepalived.binary", "keepalived"),
              text("ip.binary", "ip"),
              text("bridge.binary", "bridge"),
              number("reload.draining-limit", 32, 1, 1000),
              settings);
      refuseUnknownKeys();
      return config;
    }

    /** Agents that share a machine need different names. */
    private static String edgeNamespaceOf(NodeId node) {
      return "poise-edge-" + node.text().substring(node.text().length() - 8);
    }

    private Privileges privileges() throws Unusable {
      String fallback = facts.isRoot() ? "haproxy" : "";
      String user = text("haproxy.user", fallback);
      String group = text("haproxy.group", fallback);
      if (user.isEmpty() != group.isEmpty()) {
        throw new Unusable("haproxy.user and haproxy.group: give both or none");
      }
      if (user.isEmpty()) return new Privileges.Kept();
      if (!facts.isRoot()) {
        throw new Unusable("haproxy.user: only root can start processes as another user");
      }
      return new Privileges.Dropped(user, group);
    }

    private ServerAddress server() throws Unusable {
      return serverAddress(
          "server.url", required("server.url"), "server.pins", text("server.pins", ""));
    }

    private NodeId node() throws Unusable {
      String text = required("node.id");
      try {
        return new NodeId(text);
      } catch (IllegalArgumentException e) {
        throw new Unusable("node.id: '" + text + "' is " + e.getMessage());
      }
    }

    private String required(String key) throws Unusable {
      String value = text(key, "");
      if (value.isEmpty()) throw new Unusable(key + ": is missing");
      return value;
    }

    private String text(String key, String fallback) {
      asked.add(key);
      return properties.getProperty(key, fallback).strip();
    }

    private static Path path(String key, String text) throws Unusable {
      Path path = Path.of(text);
      if (!path.isAbsolute()) throw new Unusable(key + ": '" + text + "' is not an absolute path");
      return path.normalize();
    }

    private int number(String key, int fallback, int lowest, int highest) throws Unusable {
      String text = text(key, "" + fallback);
      try {
        int number = Integer.parseInt(text);
        if (number >= lowest && number <= highest) return number;
      } catch (NumberFormatException e) {
        // Said below, together with numbers out of range.
      }
      throw new Unusable(
          "%s: '%s' is not a number from %d to %d".formatted(key, text, lowest, highest));
    }

    private void refuseUnknownKeys() throws Unusable {
      Set<String> unknown = new TreeSet<>(properties.stringPropertyNames());
      unknown.removeAll(asked);
      if (!unknown.isEmpty()) {
        throw new Unusable(
            "unknown keys: " + String.join(", ", unknown) + "; known: " + String.join(", ", asked));
      }
    }
  }
}
