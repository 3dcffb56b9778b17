package dev.poise.spec;

import java.util.List;

/** The specs a node does not have yet, named by digest; at most {@value #LIMIT} at once. */
public record SpecRequest(List<String> digests) {
  /** How many specs one request may ask for. */
  public static final int LIMIT = 200;

  public SpecRequest {
    digests = List.copyOf(digests);
  }
}
