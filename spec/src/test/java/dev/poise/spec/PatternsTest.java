package dev.poise.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternsTest {
  @ParameterizedTest
  @ValueSource(strings = {"a.test", "*.a.test", "*.test", "xn--bcher-kva.example"})
  void takesDomainPatterns(String text) {
    assertThat(DomainPattern.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.", "*a.test", "a.*.test", "A.test", "*.*.test", "a test"})
  void refusesOtherDomainPatterns(String text) {
    assertThat(DomainPattern.isValid(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/api", "/a-b/c.d%20?x&y", "/12345678901234567890123456789"})
  void takesPaths(String text) {
    assertThat(PathPrefix.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"api", "/a b", "/#top", "/a\n", "/\"", "/123456789012345678901234567890"})
  void refusesOtherPaths(String text) {
    assertThat(PathPrefix.isValid(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://www.example.com/new", "http://a.test:8080", "/new", "/a?b=c&d=%20"})
  void takesLocations(String text) {
    assertThat(RedirectLocation.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//evil.test",
        "javascript:alert(1)",
        "/a b",
        "/a\r\nX: y",
        "ftp://a",
        "/\"",
        "/\\"
      })
  void refusesOtherLocations(String text) {
    assertThat(RedirectLocation.isValid(text)).isFalse();
  }
}
