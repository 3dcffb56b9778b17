package dev.poise.server.certificate;

import dev.poise.spec.SpecJson;
import java.util.List;

/**
 * Certificate material in order: what nodes get and what is kept encrypted.
 *
 * @param pem certificates, and for servers the private key behind them
 * @param changes what was changed of the upload, in sentences
 */
record Bundle(Kind kind, Facts facts, String pem, List<String> changes) {
  Bundle {
    changes = List.copyOf(changes);
  }

  String digest() {
    return SpecJson.digest(pem);
  }

  /** Without the text, which may hold a private key. */
  @Override
  public String toString() {
    return "Bundle[" + kind + " " + facts.commonName() + "]";
  }
}
