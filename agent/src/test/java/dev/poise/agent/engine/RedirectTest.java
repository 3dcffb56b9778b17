package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Specs;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectTest extends EngineTest {
  @ParameterizedTest
  @CsvSource({
    "443,  Host: Shop.test,      /a?b=c,  https://shop.test/a?b=c",
    "443,  Host: shop.test:8080, /,       https://shop.test/",
    "8443, Host: shop.test:8080, /a%20b,  https://shop.test:8443/a%20b",
    "8443, Host: 10.0.0.1,       /a,      https://10.0.0.1:8443/a",
  })
  void sendsClientsToTheSamePlaceOverHttps(int port, String host, String path, String location)
      throws Exception {
    specs.listener(PORT, new Protocol.Http(Specs.options(), new HttpsRedirect.ToPort(port)));
    applied();
    String answer = raw("GET " + path + " HTTP/1.1\r\n" + host + "\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 301 ").contains("location: " + location + "\r\n");
  }

  @Test
  void aClientThatNamesNoHostIsSentToTheAddressItAsked() throws Exception {
    specs.listener(PORT, new Protocol.Http(Specs.options(), new HttpsRedirect.ToPort(443)));
    applied();
    assertThat(raw("GET /x HTTP/1.0\r\n\r\n"))
        .contains("location: https://" + specs.vip + "/x\r\n");
  }
}
