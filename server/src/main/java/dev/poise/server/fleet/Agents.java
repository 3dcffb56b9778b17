package dev.poise.server.fleet;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Knows agents by the keys of their nodes. */
@Component
public final class Agents {
  private static final String BEARER = "Bearer ";

  private final Clusters clusters;

  Agents(Clusters clusters) {
    this.clusters = clusters;
  }

  /**
   * The node whose agent makes the request; nothing if it shows no key.
   *
   * @throws Refusal.Unauthenticated if it shows one that opens nothing
   */
  public Optional<Node> of(HttpServletRequest request) {
    @Nullable String header = request.getHeader("Authorization");
    if (header == null) return Optional.empty();
    Optional<Node> node =
        header.startsWith(BEARER)
            ? clusters.authenticate(new Secret(header.substring(BEARER.length()).strip()))
            : Optional.empty();
    if (node.isEmpty()) throw Clusters.notANode();
    return node;
  }

  /**
   * Refuses a request whose key opened something when it came, and does not any more.
   *
   * @throws Refusal.Unauthenticated if so
   */
  void requireStill(HttpServletRequest request) {
    if (of(request).isEmpty()) throw Clusters.notANode();
  }
}
