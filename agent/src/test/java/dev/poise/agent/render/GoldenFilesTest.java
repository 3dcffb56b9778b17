package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares what is rendered with the files in {@code src/test/golden}: a spec, a line of dashes and
 * everything it becomes. Each configuration is fed to the real HAProxy as well. {@code
 * -Dgolden=write} rewrites the files; their difference is what gets read.
 */
class GoldenFilesTest {
  private static final Path FILES = Path.of("src/test/golden");
  private static final String DASHES = "\n----\n";
  private static final NodeSettings SETTINGS =
      new NodeSettings(
          Path.of("/var/lib/poise"),
          Path.of("/run/poise"),
          1,
          9000,
          3600,
          new NodeSettings.Privileges.Dropped("haproxy", "haproxy"),
          "edge");

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> everyFileIsWhatIsRenderedAndHaproxyAcceptsIt() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(FILES)) {
      files = found.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(15);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
  }

  private void compare(Path file) throws Exception {
    String spec = Files.readString(file).split(DASHES, 2)[0];
    Rendered rendered = render(spec, SETTINGS);
    String actual = spec + DASHES + text(rendered);
    if ("write".equals(System.getProperty("golden"))) Files.writeString(file, actual);
    assertThat(actual).isEqualTo(Files.readString(file));

    CheckerRun run = check(spec);
    assertThat(run.output()).isEqualTo("Configuration file is valid\n");
    assertThat(run.exit()).isZero();
  }

  private static String text(Rendered rendered) {
    StringBuilder text = new StringBuilder(rendered.config());
    rendered.files().forEach((name, file) -> part(text, name, file));
    rendered.maps().forEach((name, map) -> part(text, name, map.text()));
    rendered
        .certificates()
        .forEach(file -> part(text, file.name(), file.kind() + " " + file.digest() + "\n"));
    return text.toString();
  }

  private static void part(StringBuilder text, String name, String content) {
    text.append("\n---- ").append(name).append('\n').append(content);
  }

  @Test
  void theCheckerCanSayNo() throws Exception {
    String spec = Files.readString(FILES.resolve("tcp-least-connections.txt")).split(DASHES, 2)[0];
    String tooHeavy = spec.replace("\"weight\": 100", "\"weight\": 300");
    CheckerRun run = check(tooHeavy);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.output()).contains("weight").contains("300");
  }

  private CheckerRun check(String spec) throws Exception {
    Rendered rendered = render(spec, localSettings());
    Path state = localSettings().serverStateFileOf(SpecJson.readSpec(spec).id());
    Files.createDirectories(state.getParent());
    Files.writeString(state, ServerState.render(rendered.servers(), server -> true));
    return CheckerRun.of(rendered, directory);
  }

  private static Rendered render(String spec, NodeSettings settings) throws Exception {
    return HaproxyConfig.render(
        new DigestedSpec(SpecJson.readSpec(spec), SpecJson.digest(spec)), settings);
  }

  private NodeSettings localSettings() {
    return new NodeSettings(
        directory, directory, 1, 100, 3600, new NodeSettings.Privileges.Kept(), "edge");
  }
}
