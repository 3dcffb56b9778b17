package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.poise.agent.render.NodeRules;
import dev.poise.agent.support.Command;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables are those of a real kernel, in a network nobody else is in. */
class TablesCheckTest {
  private final NodeId node = NodeId.generate(Instant.now());
  @TempDir Path directory;

  private List<String> lines(String... tables) throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "nftables needs root");
    String script =
        Arrays.stream(tables)
            .map(table -> "nft add table ip " + table + " && ")
            .collect(Collectors.joining("", "", "nft -n -j list tables"));
    Command listed = Command.run(directory, List.of("unshare", "--net", "sh", "-c", script));
    assertThat(listed.exit()).as(listed.output()).isZero();
    return TablesCheck.findings(Nftables.items(listed.output()), node).stream()
        .map(Finding::line)
        .toList();
  }

  @Test
  void rulesOfThisNodeAndOfOthersThanPoiseAreAsTheyShouldBe() throws Exception {
    assertThat(lines()).containsExactly("ok    no other node has rules in the kernel");
    assertThat(lines(NodeRules.tableOf(node), "filter", "poise_of_somebody"))
        .containsExactly("ok    no other node has rules in the kernel");
  }

  @Test
  void rulesOfAnotherNodeAreNamedWithWhatRemovesThem() throws Exception {
    String other = NodeRules.tableOf(NodeId.generate(Instant.now()));
    assertThat(lines(NodeRules.tableOf(node), other))
        .containsExactly(
            "warn  table ip %s is another node's  - if that node does not run on this machine: nft delete table ip %s"
                .formatted(other, other));
  }
}
