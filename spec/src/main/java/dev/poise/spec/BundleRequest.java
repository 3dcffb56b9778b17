package dev.poise.spec;

import java.util.List;

/** The certificate material a node does not have yet, named by digest. */
public record BundleRequest(List<String> digests) {
  /** How many one request may ask for. */
  public static final int LIMIT = 100;

  public BundleRequest {
    digests = List.copyOf(digests);
  }
}
