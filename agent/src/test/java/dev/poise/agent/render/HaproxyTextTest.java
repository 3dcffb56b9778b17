package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.support.Specs;
import dev.poise.spec.Algorithm;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.StatusCodes;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HaproxyTextTest {
  private static final String ALPHABET =
      "aZ09-/.%?#& \t\n\r\u0000'\"\\$`|;{}()[]<>,@~*=:+\u0085\u2028\u00e9_^!";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "/a b",
        "/a\nserver evil 10.0.0.1:80",
        "/a\rb",
        "/'",
        "/\"",
        "/\\",
        "/${HOME}",
        "/a\u0000b",
        "/a\u2028b",
        "/a\n"
      })
  void refusesAPathThatIsNoPath(String path) {
    assertThatThrownBy(() -> HaproxyText.requestPath(path)).isInstanceOf(Unrenderable.class);
  }

  @Test
  void keepsEveryCharacterAPathMayHave() throws Unrenderable {
    assertThat(HaproxyText.requestPath("/aZ0-/.%?#&")).isEqualTo("'/aZ0-/.%?#&'");
  }

  @Test
  void noPathAddsALineASectionOrAnArgument() {
    ListenerSpec listener =
        new Specs().listener(80, new Protocol.Tcp(1, ProxyProtocol.NONE)).listener(0);
    Random random = new Random(20260101);
    int rendered = 0;
    for (int i = 0; i < 20_000; i++) {
      String path = "/" + hostile(random);
      try {
        ConfigText text = new ConfigText();
        Backends.write(text, "b", listener, poolCheckedAt(path));
        rendered++;
        List<String> lines = text.toString().lines().toList();
        assertThat(lines).hasSize(9);
        assertThat(lines.get(7))
            .isEqualTo(
                "    http-check send meth GET uri '"
                    + path
                    + "' ver HTTP/1.1 hdr Host"
                    + " '%[srv_name,map_str(check-hosts.map)]'");
        assertThat(path).doesNotContainPattern("['\\\\\\s]");
      } catch (Unrenderable refused) {
        assertThat(refused.getMessage()).matches("[\\x20-\\x7e]*");
      }
    }
    assertThat(rendered).isBetween(1, 19_999);
  }

  private static String hostile(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  private static PoolSpec poolCheckedAt(String path) {
    HealthCheck check =
        new HealthCheck.Http(
            new HealthCheck.Timing(1, 1, 1, 1),
            HealthCheck.Method.GET,
            path,
            new HealthCheck.Host.Member(),
            new StatusCodes("200"));
    return new PoolSpec(
        PoolId.generate(Instant.EPOCH),
        Algorithm.WEIGHTED_ROUND_ROBIN,
        new Persistence.Off(),
        check,
        List.of());
  }
}
