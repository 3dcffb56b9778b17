package dev.poise.server.cluster;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Hands out the right to become a node, and takes it back. */
@Component
public final class JoinTokens {
  private static final String PREFIX = "poise_join";
  private static final int HOUR = 3600;

  /** For how long one can be looked at that is not good any more. */
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private final JoinTokenStore store;
  private final Clusters clusters;
  private final Audit audit;
  private final InstantSource clock;

  JoinTokens(JoinTokenStore store, Clusters clusters, Audit audit, InstantSource clock) {
    this.store = store;
    this.clusters = clusters;
    this.audit = audit;
    this.clock = clock;
  }

  /** A token with what is shown of it once. */
  public record Made(JoinToken token, Secret secret) {}

  /** Makes one for a new node. */
  public Made create(Caller caller, ClusterId cluster, JoinToken.Input input) {
    caller.requirePlatformAdmin();
    return create(caller, clusters.cluster(cluster).id(), null, input);
  }

  /** Makes one that gives a node another key. */
  public Made create(Caller caller, NodeId node, JoinToken.Input input) {
    caller.requirePlatformAdmin();
    return create(caller, clusters.node(node).clusterId(), node, input);
  }

  private Made create(
      Caller caller, ClusterId cluster, @Nullable NodeId node, JoinToken.Input input) {
    Instant now = clock.instant();
    store.forget(cluster, now.minus(REMEMBERED));
    int seconds = Objects.requireNonNullElse(input.expiresInSeconds(), HOUR);
    JoinToken token =
        new JoinToken(
            JoinTokenId.generate(now), cluster, node, now, now.plusSeconds(seconds), null);
    Secret secret = Secret.generate(PREFIX);
    store.insert(token, secret, caller);
    audit.append(caller, "join-token.create", token.id().text(), null, token);
    return new Made(token, secret);
  }

  /** Those of a cluster, used and expired ones of the last weeks too. */
  public Page<JoinToken> list(Caller caller, ClusterId cluster, PageRequest request) {
    caller.requirePlatformAdmin();
    return store.page(clusters.cluster(cluster).id(), request);
  }

  /** Takes one back. Who joined with it stays. */
  public JoinTokenId delete(Caller caller, JoinTokenId id) {
    caller.requirePlatformAdmin();
    JoinToken token = store.find(id).orElseThrow(() -> new Refusal.NotFound("join token " + id));
    store.delete(id);
    audit.append(caller, "join-token.delete", id.text(), token, null);
    return id;
  }
}
