package dev.poise.server.certificate;

import java.util.List;

/**
 * A certificate with new material.
 *
 * @param usable what those who use it must now say in their specs
 * @param changes what was changed of the upload, in sentences
 */
public record Replaced(Usable usable, List<String> changes, long version) {
  public Replaced {
    changes = List.copyOf(changes);
  }
}
