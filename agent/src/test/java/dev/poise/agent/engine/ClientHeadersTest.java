package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Http;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.Protocol;
import dev.poise.spec.RequestHeaders;
import dev.poise.spec.RequestHeaders.ForwardedFor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What a member learns of its client, if it comes with headers that look like ours. */
class ClientHeadersTest extends EngineTest {
  /** What a name may consist of besides letters, digits and the hyphen (RFC 9110, 5.6.2). */
  private static final List<String> ODD = List.of("!#$%&'*+.^_`|~".split(""));

  private static final String FORGED = "6.6.6.6";
  private static final List<String> OURS =
      List.of("X-Forwarded-For", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Port");

  private void serve(ForwardedFor forwardedFor, boolean others) throws Exception {
    RequestHeaders headers =
        new RequestHeaders(forwardedFor, others, others, others, new RequestHeaders.Host.Client());
    HttpOptions options = new HttpOptions(30, 30, headers, List.of());
    specs.listener(PORT, new Protocol.Http(options, new HttpsRedirect.Off()));
    applied();
    proven();
  }

  /** The headers that came to a member. */
  private String seen(String request) throws IOException {
    try (Http http = new Http(specs.vip, PORT)) {
      Http.Answer answer = http.ask(request);
      assertThat(answer.status()).as(request).isEqualTo(200);
      return answer.body().equals("one") ? one.lastHeaders() : two.lastHeaders();
    }
  }

  /** The same header at every place it may have. */
  private static List<String> requestsWith(String header) {
    return List.of(
        "GET / HTTP/1.1\r\n" + header + "\r\nHost: shop.test\r\nX-A: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: shop.test\r\n" + header + "\r\nX-A: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: shop.test\r\nX-A: b\r\n" + header + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: shop.test\r\nX-A: b\r\n" + header + "\r\n" + header + "\r\n\r\n",
        "GET / HTTP/1.0\r\n" + header + "\r\nX-A: b\r\n\r\n");
  }

  private static List<String> forgedNames() {
    List<String> names = new ArrayList<>();
    for (String ours : OURS) {
      names.add(ours);
      names.add(ours.toUpperCase(Locale.ROOT));
      for (String odd : ODD) names.add(ours.replace("-", odd));
    }
    for (String odd : ODD) names.addAll(List.of(odd, odd + "x", "x" + odd));
    return names;
  }

  @Test
  void noHeaderOfAClientPassesForOurs() throws Exception {
    serve(ForwardedFor.REPLACE, true);
    for (String name : forgedNames()) {
      for (String request : requestsWith(name + ": " + FORGED)) {
        assertThat(seen(request))
            .as(request)
            .doesNotContain(FORGED)
            .contains("X-forwarded-for=[127.", "X-real-ip=[127.", "X-forwarded-proto=[http]")
            .contains("X-forwarded-port=[" + PORT + "]", "X-a=[b]");
      }
    }
  }

  @Test
  void aHeaderThatIsSwitchedOffReachesNoMember() throws Exception {
    serve(ForwardedFor.OFF, false);
    for (String name : OURS) {
      for (String request : requestsWith(name + ": " + FORGED)) {
        assertThat(seen(request)).as(request).doesNotContainIgnoringCase(name).contains("X-a=[b]");
      }
    }
  }

  @Test
  void whatIsAppendedToStaysAndNothingElse() throws Exception {
    serve(ForwardedFor.APPEND, true);
    String request = "GET / HTTP/1.1\r\nHost: shop.test\r\nX-A: b\r\n";
    assertThat(seen(request + "X-Forwarded-For: 6.6.6.6\r\n\r\n"))
        .containsPattern("X-forwarded-for=\\[6\\.6\\.6\\.6, 127\\.");
    assertThat(seen(request + "X-Forwarded-For: 7.7.7.7\r\nX-Real-IP: 6.6.6.6\r\n\r\n"))
        .containsPattern("X-forwarded-for=\\[7\\.7\\.7\\.7, 127\\.")
        .doesNotContain(FORGED);
  }

  @Test
  void headersThatOnlyResembleOursPass() throws Exception {
    serve(ForwardedFor.REPLACE, true);
    List<String> lines =
        List.of(
            "GET / HTTP/1.1",
            "Host: shop.test",
            "X-Forwarded-Host: a",
            "X-Forwarded: b",
            "My-X-Real-IP: c",
            "X-Real-IP-2: d",
            "X-A: x-real-ip: e_f",
            "Connection: Keep-Alive");
    assertThat(seen(String.join("\r\n", lines) + "\r\n\r\n"))
        .contains("X-forwarded-host=[a]", "X-forwarded=[b]", "My-x-real-ip=[c]")
        .contains("X-real-ip-2=[d]", "X-a=[x-real-ip: e_f]", "X-real-ip=[127.");
  }
}
