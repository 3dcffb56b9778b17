package dev.poise.agent.doctor;

import dev.poise.agent.link.ServerClient;
import dev.poise.agent.render.NodeSettings;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The node that is looked at.
 *
 * @param config the file that its agent runs with
 */
public record Subject(
    NodeId node,
    Path config,
    NodeSettings settings,
    Programs programs,
    Link link,
    String agentVersion) {

  /** The programs it uses, by name or path. */
  public record Programs(String haproxy, String nft, String conntrack, String keepalived) {}

  /** The way to its server. */
  public interface Link {
    /**
     * Opens it.
     *
     * @throws IOException if the node has no key, with a sentence
     */
    ServerClient open() throws IOException;
  }
}
