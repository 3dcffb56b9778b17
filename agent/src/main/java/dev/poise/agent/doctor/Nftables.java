package dev.poise.agent.doctor;

import dev.poise.agent.kernel.Tool;
import java.io.IOException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What nft lists, as it says it to programs. */
record Nftables(Tool nft) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** All items of a kind, such as {@code tables}. */
  JsonNode list(String what) throws IOException {
    Tool.Run run = nft.run(List.of("-n", "-j", "list", what), "");
    if (!run.succeeded())
      throw new IOException("nft does not list the " + what + ": " + run.output());
    return items(run.output());
  }

  static JsonNode items(String listing) throws IOException {
    try {
      return JSON.readTree(listing).path("nftables");
    } catch (JacksonException e) {
      throw new IOException("nft lists in another way than expected", e);
    }
  }
}
