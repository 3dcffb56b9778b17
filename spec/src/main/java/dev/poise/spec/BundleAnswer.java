package dev.poise.spec;

import java.util.List;

/** The material asked for. What no spec of the node's cluster names is left out. */
public record BundleAnswer(List<Bundle> bundles) {
  public BundleAnswer {
    bundles = List.copyOf(bundles);
  }

  /**
   * The PEM text and its SHA-256: for a server certificate the leaf, the intermediates and the
   * private key (PKCS#8), in this order; for a client CA its certificates.
   */
  public record Bundle(String digest, String pem) {
    /** Without the text, which may hold a private key. */
    @Override
    public String toString() {
      return "Bundle[" + digest + "]";
    }
  }
}
