package dev.poise.agent;

import dev.poise.agent.link.ServerAddress;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Scratch;
import dev.poise.spec.NodeId;
import java.nio.file.Path;

/** Configurations of agents under test. */
final class Configs {
  private static final int DRAINING_LIMIT = 32;

  private Configs() {}

  /** With the programs of this machine. */
  static AgentConfig of(FakeServer server, Scratch scratch) {
    return of(server, scratch, scratch.settings());
  }

  /** With settings of its own. */
  static AgentConfig of(FakeServer server, Scratch scratch, NodeSettings settings) {
    return of(server.address(), server.node, key(scratch), "nft", settings);
  }

  /** With another nft. */
  static AgentConfig withNft(String nft, FakeServer server, Scratch scratch) {
    return of(server.address(), server.node, key(scratch), nft, scratch.settings());
  }

  /** Of a node whose server is somewhere else. */
  static AgentConfig of(ServerAddress server, NodeId node, Scratch scratch) {
    return of(server, node, key(scratch), "nft", scratch.settings());
  }

  private static Path key(Scratch scratch) {
    return scratch.directory().resolve("key");
  }

  private static AgentConfig of(
      ServerAddress server, NodeId node, Path key, String nft, NodeSettings settings) {
    return new AgentConfig(
        server,
        node,
        key,
        "haproxy",
        nft,
        "conntrack",
        "keepalived",
        "ip",
        "bridge",
        DRAINING_LIMIT,
        settings);
  }
}
