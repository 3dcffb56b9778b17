package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.spec.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Puts hostile texts where the golden specs have texts, one place at a time: a spec with such a
 * text is either refused or rendered with the same sections and as many lines as before.
 */
class HostileTextTest {
  private static final Path FILES = Path.of("src/test/golden");
  private static final NodeSettings SETTINGS =
      new NodeSettings(
          Path.of("/var/lib/poise"),
          Path.of("/run/poise"),
          1,
          9000,
          3600,
          new NodeSettings.Privileges.Kept(),
          "edge");
  private static final Pattern TEXT =
      Pattern.compile(": (\"[^\"\n]*\")|^ *(\"[^\"\n:]*\"),?$", Pattern.MULTILINE);
  private static final List<String> HOSTILE =
      List.of(
          "\\n",
          "\\nbackend evil",
          "\\r\\n    server evil 10.0.0.1:80",
          "' server evil 10.0.0.1:80",
          "\\\" x",
          " # x",
          "\\\\",
          "${HOME}",
          "%[env(HOME)]",
          "\\u0000",
          "\\u2028",
          ";show info",
          " if FALSE",
          " x");

  @Test
  void noTextOfASpecAddsALineOrASection() throws Exception {
    Random random = new Random(20260304);
    int rendered = 0;
    int refused = 0;
    for (String name :
        List.of(
            "http-rules.txt",
            "http-cookie.txt",
            "http-redirect-to-https.txt",
            "https-domains-and-client-authorities.txt",
            "http-appended-header-and-fixed-host.txt",
            "http-least-connections-and-check-of-a-domain.txt",
            "tcp-proxy-protocol-v2.txt")) {
      String spec = Files.readString(FILES.resolve(name)).split("\n----\n", 2)[0];
      List<String> sections = sections(render(spec));
      for (String changed : variants(spec, random)) {
        try {
          Rendered result = render(changed);
          assertThat(sections(result)).as(changed).hasSameSizeAs(sections);
          assertThat(lines(result)).as(changed).isEqualTo(lines(render(spec)));
          rendered++;
        } catch (SpecJson.MalformedSpec | Unrenderable said) {
          refused++;
        }
      }
    }
    assertThat(rendered).isGreaterThan(10);
    assertThat(refused).isGreaterThan(1000);
  }

  private static List<String> variants(String spec, Random random) {
    List<String> variants = new ArrayList<>();
    Matcher text = TEXT.matcher(spec);
    while (text.find()) {
      int group = text.group(1) != null ? 1 : 2;
      int begin = text.start(group) + 1;
      int end = text.end(group) - 1;
      for (String hostile : HOSTILE) {
        int place = begin + random.nextInt(end - begin + 1);
        variants.add(spec.substring(0, place) + hostile + spec.substring(place));
        variants.add(spec.substring(0, end) + hostile + spec.substring(end));
        variants.add(spec.substring(0, begin) + hostile + spec.substring(end));
      }
    }
    return variants;
  }

  private static Rendered render(String spec) throws SpecJson.MalformedSpec, Unrenderable {
    return HaproxyConfig.render(
        new DigestedSpec(SpecJson.readSpec(spec), SpecJson.digest(spec)), SETTINGS);
  }

  private static List<String> sections(Rendered rendered) {
    return rendered.config().lines().filter(line -> line.matches("\\S.*")).toList();
  }

  /** Of everything but bodies, which may hold any text. */
  private static int lines(Rendered rendered) {
    int lines = rendered.config().split("\\R", -1).length;
    for (var file : rendered.files().entrySet()) {
      if (!file.getKey().startsWith("bodies/")) lines += file.getValue().split("\\R", -1).length;
    }
    for (RuleMap map : rendered.maps().values()) lines += map.text().split("\\R", -1).length;
    return lines;
  }
}
