package dev.poise.server.loadbalancer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Remembers specs that were written lately. Nodes are about to be told of them, by the server that
 * wrote them as often as not.
 *
 * <p>A digest is of one text for ever, so what is remembered is right, even of a change that was
 * taken back: nobody is ever told its digest.
 */
@Component
class SpecMemory {
  /** A thirty-second of the memory there is; texts of ASCII have a byte for each character. */
  private static final long MOST_CHARACTERS = Runtime.getRuntime().maxMemory() / 32;

  private final Cache<String, String> cache =
      Caffeine.newBuilder()
          .maximumWeight(MOST_CHARACTERS)
          .weigher((String digest, String spec) -> digest.length() + spec.length())
          .executor(Runnable::run)
          .build();

  Optional<String> find(String digest) {
    return Optional.ofNullable(cache.getIfPresent(digest));
  }

  void put(String digest, String spec) {
    cache.put(digest, spec);
  }
}
