package dev.poise.agent.vrrp;

import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.time.Instant;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What keepalived tells of its instance when it is asked.
 *
 * @param since when it became what it is
 * @param heard how many advertisements of others it got since it started
 * @param farewells how many of them said that their sender ends being primary
 */
record Told(Role role, Instant since, long heard, long farewells) {
  static final Told NOTHING = new Told(Role.UNKNOWN, Instant.EPOCH, 0, 0);
  private static final JsonMapper JSON = new JsonMapper();

  static Told parse(String json) throws IOException {
    try {
      JsonNode instance = JSON.readTree(json).path(0);
      JsonNode data = instance.path("data");
      JsonNode statistics = instance.path("stats");
      if (!data.has("state")) throw new IOException("keepalived tells no state");
      return new Told(
          role(data.path("state").asInt()),
          Instant.ofEpochMilli(Math.round(data.path("last_transition").asDouble() * 1000)),
          statistics.path("advert_rcvd").asLong(0),
          statistics.path("pri_zero_rcvd").asLong(0));
    } catch (JacksonException e) {
      throw new IOException("keepalived does not tell JSON", e);
    }
  }

  private static Role role(int state) {
    return switch (state) {
      case 1 -> Role.BACKUP;
      case 2 -> Role.PRIMARY;
      case 3 -> Role.FAULT;
      default -> Role.UNKNOWN;
    };
  }
}
