package dev.poise.agent.kernel;

import dev.poise.agent.render.NodeRules.Element;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What nft listed.
 *
 * @param counters named counters, by table and name
 * @param elements those of sets, with their comments and counters
 */
record Listing(Map<String, Map<String, Traffic>> counters, Map<Element, Listed> elements) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  Listing {
    counters = Map.copyOf(counters);
    elements = Map.copyOf(elements);
  }

  record Listed(String comment, Traffic traffic) {}

  static Listing parse(String output) {
    Map<String, Map<String, Traffic>> counters = new HashMap<>();
    Map<Element, Listed> elements = new HashMap<>();
    for (JsonNode item : JSON.readTree(output).path("nftables")) {
      counter(item.path("counter"), counters);
      set(item.path("set"), elements);
    }
    return new Listing(counters, elements);
  }

  private static void counter(JsonNode counter, Map<String, Map<String, Traffic>> counters) {
    if (counter.isMissingNode()) return;
    counters
        .computeIfAbsent(counter.path("table").asString(), table -> new HashMap<>())
        .put(counter.path("name").asString(), traffic(counter));
  }

  private static void set(JsonNode set, Map<Element, Listed> elements) {
    for (JsonNode each : set.path("elem")) {
      JsonNode element = each.path("elem");
      JsonNode value = element.isMissingNode() ? each : element.path("val");
      elements.put(
          new Element(set.path("name").asString(), key(value)),
          new Listed(element.path("comment").asString(""), traffic(element.path("counter"))));
    }
  }

  private static Traffic traffic(JsonNode counter) {
    return new Traffic(counter.path("packets").asLong(0), counter.path("bytes").asLong(0));
  }

  private static String key(JsonNode value) {
    if (value.has("concat")) {
      StringBuilder key = new StringBuilder();
      for (JsonNode part : value.path("concat")) {
        key.append(key.isEmpty() ? "" : " . ").append(key(part));
      }
      return key.toString();
    }
    JsonNode prefix = value.path("prefix");
    if (prefix.isMissingNode()) return value.asString();
    return prefix.path("addr").asString() + "/" + prefix.path("len").asInt();
  }

  /** The comment of the only rule of a chain. */
  static Optional<String> comment(String output) {
    try {
      for (JsonNode item : JSON.readTree(output).path("nftables")) {
        String comment = item.path("rule").path("comment").asString("");
        if (!comment.isEmpty()) return Optional.of(comment);
      }
    } catch (JacksonException e) {
      // Not a list of rules, so there is no such rule.
    }
    return Optional.empty();
  }
}
