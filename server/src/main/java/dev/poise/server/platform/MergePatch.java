package dev.poise.server.platform;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of a PATCH: a JSON Merge Patch (RFC 7396). A field that is null goes back to its
 * default.
 */
public record MergePatch(JsonNode node) {
  /** Whether the patch says anything about that field of the object. */
  public boolean names(String field) {
    return node.has(field);
  }

  /** Whether the patch takes that field of the object away. */
  public boolean isNull(String field) {
    return node.path(field).isNull();
  }

  /** The same patch, which also takes a field away. */
  public MergePatch without(String field) {
    ObjectNode copy = (ObjectNode) node.deepCopy();
    copy.putNull(field);
    return new MergePatch(copy);
  }
}
