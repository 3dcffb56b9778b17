package dev.poise.server.audit;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hides what is secret in an audited object. Objects with secrets should not get here at all; this
 * is for the day somebody forgets.
 */
final class Masking {
  static final String MASK = "[hidden]";
  private static final Set<String> NAMES =
      Set.of("key", "privatekey", "material", "secret", "recoverycodes", "seed");
  private static final Set<String> PARTS = Set.of("password", "secret", "token", "keyhash");

  private Masking() {}

  /** The same tree, with masks in place of the secrets in it. */
  static JsonNode mask(JsonNode tree) {
    for (JsonNode item : tree) mask(item);
    if (tree instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : Set.copyOf(object.properties())) {
        if (isSecret(field.getKey()) && !field.getValue().isNull())
          object.set(field.getKey(), JsonNodeFactory.instance.stringNode(MASK));
      }
    }
    return tree;
  }

  private static boolean isSecret(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return NAMES.contains(name) || PARTS.stream().anyMatch(name::contains);
  }
}
