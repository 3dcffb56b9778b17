package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.Loopback;
import dev.poise.spec.MemberMode;
import dev.poise.spec.Persistence;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PersistenceTest extends EngineTest {
  private static final Pattern SET_COOKIE = Pattern.compile("(?i)set-cookie: (shop=\\w+);([^\r]*)");

  @BeforeEach
  void serve() throws Exception {
    specs.persistence(new Persistence.Cookie(new Persistence.CookieName("shop"))).http(PORT);
    applied();
    proven();
  }

  private String get(String headers) throws IOException {
    return raw("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n" + headers + "\r\n");
  }

  private String cookieOf(String member) throws Exception {
    String[] cookie = {""};
    Await.until(
        "a cookie for " + member,
        () -> {
          String answer = get("");
          Matcher set = SET_COOKIE.matcher(answer);
          assertThat(set.find()).isTrue();
          assertThat(set.group(2).toLowerCase(Locale.ROOT)).contains("httponly");
          cookie[0] = set.group(1);
          return answer.endsWith(member);
        });
    return "Cookie: " + cookie[0] + "\r\n";
  }

  @Test
  void aClientStaysWithTheMemberItGotFirst() throws Exception {
    String cookie = cookieOf("one");
    for (int i = 0; i < 10; i++) {
      assertThat(get(cookie)).endsWith("one").doesNotContainIgnoringCase("set-cookie");
    }
    assertThat(one.lastHeaders()).doesNotContain("shop=");
  }

  @Test
  void aDrainingMembersClientsStayAndADisabledMembersClientsMove() throws Exception {
    String cookie = cookieOf("two");
    long pid = pid();
    specs.mode(1, MemberMode.DRAINING);
    applied();
    for (int i = 0; i < 4; i++) assertThat(get("")).endsWith("one");
    for (int i = 0; i < 4; i++) assertThat(get(cookie)).endsWith("two");
    specs.mode(1, MemberMode.DISABLED);
    applied();
    for (int i = 0; i < 4; i++) assertThat(get(cookie)).endsWith("one");
    assertThat(pid()).isEqualTo(pid);
  }

  @Test
  void aDrainingMembersClientsStayOverAReloadToo() throws Exception {
    String cookie = cookieOf("two");
    specs.mode(1, MemberMode.DRAINING).http(PORT + 1);
    applied();
    for (int i = 0; i < 4; i++) assertThat(get(cookie)).endsWith("two");
  }

  @Test
  void aCookieIsTheSameAfterAReloadAndWithOtherMembersAround() throws Exception {
    String cookie = cookieOf("two");
    specs.member(Loopback.next(), 9).http(PORT + 1);
    applied();
    assertThat(cookieOf("two")).isEqualTo(cookie);
    for (int i = 0; i < 4; i++) assertThat(get(cookie)).endsWith("two");
  }
}
