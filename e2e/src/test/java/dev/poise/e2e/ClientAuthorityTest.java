package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.e2e.Program.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A domain that asks its clients for certificates, beside one on the same port that does not. */
@ExtendWith(Worlds.class)
class ClientAuthorityTest {
  private static final int WEB = 443;
  private static final String OPEN = "open.test";
  private static final String VAULT = "vault.test";

  private final Authority authority = Authority.make("servers");
  private final Authority people = Authority.make("people");

  @AfterEach
  void forget() {
    authority.close();
    people.close();
  }

  /** What is served, and how often. */
  private record Site(Balancer balancer, HttpBackend web) {
    Result curl(Authority authority, String domain, List<String> options) {
      return new Curl(authority, balancer).get(WEB, domain, options);
    }
  }

  private Site site(World world) {
    String open = world.certificate("SERVER", authority.issue(OPEN).material());
    String vault = world.certificate("SERVER", authority.issue(VAULT).material());
    String clientCa = world.certificate("CLIENT_CA", people.material());
    Map<String, Object> guarded =
        Map.of("domain", VAULT, "certificateId", vault, "clientCaId", clientCa);
    HttpBackend web = world.http("web");
    Balancer balancer =
        world.balancer(
            Recipe.https(WEB, open)
                .option("tls", Map.of("certificateId", open, "domains", List.of(guarded)))
                .members(web));
    balancer.awaitHealth(WEB, web, "HEALTHY");
    return new Site(balancer, web);
  }

  @Test
  void onlyTheGuardedDomainAsksForACertificate(World world) {
    Site site = site(world);
    assertThat(site.curl(authority, OPEN, List.of()).text()).contains("status 200");
    int served = site.web().requests();
    assertThat(site.curl(authority, VAULT, List.of()).code()).as("no certificate").isNotZero();
    List<String> stranger = Curl.shown(authority.issue("stranger.test"));
    assertThat(site.curl(authority, VAULT, stranger).code()).as("another authority").isNotZero();
    assertThat(site.web().requests()).isEqualTo(served);
    List<String> guest = Curl.shown(people.issue("ann.test"));
    assertThat(site.curl(authority, VAULT, guest).text()).contains("status 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aHandshakeForTheOpenDomainOpensNoDoorToTheGuardedOne(String version, World world) {
    Site site = site(world);
    int served = site.web().requests();
    for (String host : List.of(VAULT, "VAULT.test", VAULT + ":443")) {
      Result bypass = site.curl(authority, OPEN, List.of(version, "-H", "Host: " + host));
      assertThat(bypass.text()).as(host).contains("status 421");
    }
    // No name in the handshake: the address is none.
    String address = site.balancer().at(WEB).getHostString();
    Result unnamed = site.curl(authority, address, List.of(version, "-k", "-H", "Host: " + VAULT));
    assertThat(unnamed.text()).contains("status 421");
    assertThat(site.web().requests()).as("no member was asked").isEqualTo(served);
    Result fitting = site.curl(authority, OPEN, List.of(version, "-H", "Host: OPEN.test:443"));
    assertThat(fitting.text()).contains("status 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void aResumedSessionOpensNoDoorEither(String version, World world, @TempDir Path folder) {
    Site site = site(world);
    Client client = new Client(site, folder, version);
    String first = client.ask(OPEN, OPEN, "-sess_out", "session");
    assertThat(first).contains("HTTP/1.1 200");
    // In TLS 1.2 the node says at once that there is none to resume.
    boolean given = Files.exists(folder.resolve("session"));
    assertThat(given).isEqualTo(version.equals("-tls1_3"));
    String[] resumed = given ? new String[] {"-sess_in", "session"} : new String[0];
    int served = site.web().requests();

    // The session with the other name in the handshake, and with the same but for the request.
    String otherName = client.ask(VAULT, VAULT, resumed);
    assertThat(otherName).doesNotContain("HTTP/1.1 200").doesNotContain("Reused,");
    String otherHost = client.ask(OPEN, VAULT, resumed);
    assertThat(otherHost).contains("HTTP/1.1 421");
    assertThat(site.web().requests()).as("no member was asked").isEqualTo(served);
  }

  /** openssl as a client, which can be told what no browser does. */
  private record Client(Site site, Path folder, String version) {
    String ask(String serverName, String host, String... options) {
      String place = site.balancer().at(WEB).getHostString() + ":" + WEB;
      try {
        Files.writeString(
            folder.resolve("request"),
            "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      String openssl =
          "openssl s_client -connect %s -servername %s %s %s -ign_eof < request"
              .formatted(place, serverName, version, String.join(" ", options));
      List<String> command = new ArrayList<>(List.of("timeout", "10", "sh", "-c", openssl));
      return Program.run(folder, command).text();
    }
  }
}
