package dev.poise.server.certificate;

import java.util.List;

/**
 * A certificate with new material.
 *
 * @param usable what those who use it must now say in their specs
 * @param certificate what is answered, with the changes in it
 * @param changes what was changed of the upload, in sentences
 * @param version for the ETag
 */
public record Replaced(
    Usable usable, CertificateView certificate, List<String> changes, long version) {
  public Replaced {
    changes = List.copyOf(changes);
  }
}
