package dev.poise.agent.render;

import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Protocol;

/**
 * A spec and the digest it is known by.
 *
 * @param digest SHA-256 of the text the spec was read from, as 64 hexadecimal digits
 */
public record DigestedSpec(LoadBalancerSpec spec, String digest) {

  /** Whether there is anything for HAProxy to listen on; without it no process needs to run. */
  public boolean needsHaproxy() {
    return !spec.vips().isEmpty()
        && spec.listeners().stream()
            .anyMatch(listener -> !(listener.protocol() instanceof Protocol.Udp));
  }
}
