package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Command;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the rules for the kernel with the files in {@code src/test/golden-udp}: a spec, a line
 * of dashes, the transaction that makes its table from nothing, the one that changes a table of the
 * same spec, and its elements in the node's table. Each transaction is fed to the real nft as well.
 */
class UdpGoldenFilesTest {
  private static final Path FILES = Path.of("src/test/golden-udp");
  private static final String DASHES = "\n----\n";

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> everyFileIsWhatIsRenderedAndNftAcceptsIt() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(FILES)) {
      files = found.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(5);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
  }

  private void compare(Path file) throws Exception {
    String json = Files.readString(file).split(DASHES, 2)[0];
    LoadBalancerSpec spec = SpecJson.readSpec(json);
    DigestedSpec desired = new DigestedSpec(spec, SpecJson.digest(json));
    String fresh = UdpRules.transaction(desired, any -> true, Optional.empty());
    String change = UdpRules.transaction(desired, any -> true, Optional.of(spec));
    String elements =
        NodeRules.elements(spec, spec.vips()).stream()
            .map(element -> element.set() + " { " + element.key() + " }\n")
            .collect(Collectors.joining());
    String actual =
        json
            + DASHES
            + fresh
            + "\n---- changed\n"
            + change
            + "\n---- in the node's table\n"
            + elements;
    if ("write".equals(System.getProperty("golden"))) Files.writeString(file, actual);
    assertThat(actual).isEqualTo(Files.readString(file));
    assertThat(check(fresh)).isEqualTo(new Command(0, ""));
    assertThat(check(fresh + change)).isEqualTo(new Command(0, ""));
  }

  @Test
  void theNodesTableIsAccepted() throws Exception {
    assertThat(check(NodeRules.table("poise_golden", Carried.EVERYTHING)))
        .isEqualTo(new Command(0, ""));
    assertThat(check(NodeRules.table("poise_golden", Carried.NOTHING)))
        .isEqualTo(new Command(0, ""));
  }

  @Test
  void theCheckerCanSayNo() throws Exception {
    String spec = Files.readString(FILES.resolve("weighted-round-robin.txt")).split(DASHES, 2)[0];
    String rules =
        UdpRules.transaction(
            new DigestedSpec(SpecJson.readSpec(spec), "d"), any -> true, Optional.empty());
    Command run = check(rules.replace("numgen inc mod 4", "numgen inc mod 0"));
    assertThat(run.exit()).isEqualTo(1);
  }

  private Command check(String transaction) throws Exception {
    Path file = directory.resolve("rules.nft");
    Files.writeString(file, transaction);
    return Command.run(directory, List.of("nft", "-c", "-f", file.toString()));
  }
}
