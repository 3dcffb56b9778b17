package dev.poise.agent.render;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A table that HAProxy looks things up in: requests, from the beginning of a key to a backend's
 * name, or the addresses of clients.
 */
public record RuleMap(SortedMap<String, String> entries) {
  public RuleMap {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** The lines of the file. */
  public String text() {
    StringBuilder text = new StringBuilder();
    entries.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
    return text.toString();
  }
}
