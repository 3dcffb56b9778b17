package dev.poise.spec;

import java.util.List;

/**
 * The specs asked for, as the exact text their digest was taken of. One that is gone meanwhile is
 * left out.
 */
public record SpecAnswer(List<Document> specs) {
  public SpecAnswer {
    specs = List.copyOf(specs);
  }

  /** The JSON text of a {@link LoadBalancerSpec} and its SHA-256 as 64 hexadecimal digits. */
  public record Document(String digest, String json) {}
}
