package dev.poise.server.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What differs between an object before and after a change, told in two objects of the same shape.
 *
 * <p>A load balancer may have a thousand members, and an edit of one should not be recorded as two
 * thousand. So fields that are the same are left out on both sides, at every depth. Things in a
 * list are told apart by their {@code id}, which stays with whatever of them is told; one that was
 * added or taken away is told as a whole, on its side alone. A list of anything else is told as a
 * whole when it differs.
 */
record Difference(JsonNode before, JsonNode after) {
  private static final String ID = "id";

  static Difference between(JsonNode before, JsonNode after) {
    if (before instanceof ObjectNode old && after instanceof ObjectNode now)
      return ofObjects(old, now);
    if (before instanceof ArrayNode old && after instanceof ArrayNode now) return ofLists(old, now);
    return new Difference(before, after);
  }

  private static Difference ofObjects(ObjectNode before, ObjectNode after) {
    ObjectNode old = JsonNodeFactory.instance.objectNode();
    ObjectNode now = JsonNodeFactory.instance.objectNode();
    Set<String> names = new TreeSet<>(before.propertyNames());
    names.addAll(after.propertyNames());
    for (String name : names) {
      @Nullable JsonNode was = before.get(name);
      @Nullable JsonNode is = after.get(name);
      if (was == null || is == null || (name.equals(ID) && was.equals(is))) {
        if (was != null) old.set(name, was);
        if (is != null) now.set(name, is);
      } else if (!was.equals(is)) {
        Difference inside = between(was, is);
        old.set(name, inside.before);
        now.set(name, inside.after);
      }
    }
    return new Difference(old, now);
  }

  private static Difference ofLists(ArrayNode before, ArrayNode after) {
    Map<String, JsonNode> old = byId(before);
    Map<String, JsonNode> now = byId(after);
    if (old.size() < before.size() || now.size() < after.size())
      return new Difference(before, after);
    ArrayNode was = JsonNodeFactory.instance.arrayNode();
    ArrayNode is = JsonNodeFactory.instance.arrayNode();
    old.forEach((id, item) -> {
      @Nullable JsonNode other = now.get(id);
      if (other == null) was.add(item);
      else if (!other.equals(item)) was.add(between(item, other).before);
    });
    now.forEach((id, item) -> {
      @Nullable JsonNode other = old.get(id);
      if (other == null) is.add(item);
      else if (!other.equals(item)) is.add(between(other, item).after);
    });
    // Only their order differs.
    return was.isEmpty() && is.isEmpty() ? new Difference(before, after) : new Difference(was, is);
  }

  /** The items that have an id, in their order. */
  private static Map<String, JsonNode> byId(ArrayNode list) {
    Map<String, JsonNode> items = new LinkedHashMap<>();
    for (JsonNode item : list) {
      if (item.get(ID) != null) items.put(item.get(ID).asString(), item);
    }
    return items;
  }
}
