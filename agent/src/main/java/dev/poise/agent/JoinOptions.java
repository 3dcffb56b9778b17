package dev.poise.agent;

import dev.poise.agent.link.ServerAddress;
import dev.poise.spec.IpAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is said to become a node.
 *
 * @param file the agent's configuration, which is written
 * @param name of the node; the machine's own if absent
 * @param address where the other nodes reach it; the one it reaches the server from if absent
 * @param keyFile where the node's key is written
 * @param runDirectory absent for the one below the data directory
 * @param again whether a machine that is a node already may become one again
 */
record JoinOptions(
    Path file,
    ServerAddress server,
    String token,
    Optional<String> name,
    Optional<IpAddress> address,
    Path dataDirectory,
    Path keyFile,
    Optional<Path> runDirectory,
    boolean again) {
  static final String USAGE =
      "join FILE --server URL --pin PIN[,PIN] --token TOKEN [--name NAME] [--address IP]"
          + " [--data-dir DIR] [--key-file FILE] [--run-dir DIR] [--again]";

  private static final String DATA_DIRECTORY = "/var/lib/poise";
  private static final String KEY_FILE = "node.key";
  private static final Set<String> WITH_VALUE =
      Set.of(
          "--server",
          "--pin",
          "--token",
          "--name",
          "--address",
          "--data-dir",
          "--key-file",
          "--run-dir");

  /** Understands the words behind {@code join}. */
  static JoinOptions parse(List<String> words) throws AgentConfig.Unusable {
    if (words.isEmpty() || words.getFirst().startsWith("--")) {
      throw new AgentConfig.Unusable("join needs the file to write first: " + USAGE);
    }
    Map<String, String> said = new HashMap<>();
    boolean again = false;
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--again")) {
        again = true;
      } else if (WITH_VALUE.contains(word) && i + 1 < words.size()) {
        said.put(word, words.get(++i));
      } else {
        throw new AgentConfig.Unusable("join does not understand '" + word + "': " + USAGE);
      }
    }
    Path file = Path.of(words.getFirst()).toAbsolutePath().normalize();
    return new JoinOptions(
        file,
        AgentConfig.serverAddress(
            "--server", required(said, "--server"), "--pin", said.getOrDefault("--pin", "")),
        required(said, "--token"),
        Optional.ofNullable(said.get("--name")),
        address(Optional.ofNullable(said.get("--address"))),
        path(said.getOrDefault("--data-dir", DATA_DIRECTORY)),
        Optional.ofNullable(said.get("--key-file"))
            .map(JoinOptions::path)
            .orElseGet(() -> file.resolveSibling(KEY_FILE)),
        Optional.ofNullable(said.get("--run-dir")).map(JoinOptions::path),
        again);
  }

  private static String required(Map<String, String> said, String option)
      throws AgentConfig.Unusable {
    String value = said.get(option);
    if (value == null) throw new AgentConfig.Unusable(option + " is missing: " + USAGE);
    return value;
  }

  private static Optional<IpAddress> address(Optional<String> text) throws AgentConfig.Unusable {
    if (text.isEmpty()) return Optional.empty();
    if (!IpAddress.isValid(text.get())) {
      throw new AgentConfig.Unusable("--address: '" + text.get() + "' is not an IPv4 address");
    }
    return Optional.of(new IpAddress(text.get()));
  }

  private static Path path(String text) {
    return Path.of(text).toAbsolutePath().normalize();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "JoinOptions[" + file + ", " + server + "]";
  }
}
