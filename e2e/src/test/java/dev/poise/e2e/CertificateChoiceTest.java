package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.e2e.Authority.Issued;
import dev.poise.standalone.ApiClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another certificate for a listener that serves: its clients should not notice. */
@ExtendWith(Worlds.class)
class CertificateChoiceTest {
  private static final int WEB = 443;
  private static final String SHOP = "shop.test";

  @Test
  void anotherCertificateServesWithinASecondFailsNoRequestAndTheOldKeyGoes(World world)
      throws IOException {
    try (Authority authority = Authority.make("servers")) {
      Issued first = authority.issue(SHOP);
      Issued second = authority.issue(SHOP);
      String old = world.certificate("SERVER", first.material());
      String chosen = world.certificate("SERVER", second.material());
      HttpBackend web = world.http("web");
      Balancer balancer = world.balancer(Recipe.https(WEB, old).members(web));
      balancer.awaitHealth(WEB, web, "HEALTHY");
      assertThat(TlsClient.serial(authority, balancer.at(WEB), SHOP)).isEqualTo(first.serial());
      assertThat(keyFiles(world, first)).isNotEmpty();

      TlsClient client = new TlsClient(authority.trusting(), SHOP);
      Load.Opener opener = () -> HttpConnection.over(client.open(balancer.at(WEB)));
      Load keepAlive = world.remember(Load.keepAlive(opener, 3));
      Load close = world.remember(Load.close(opener, 2));
      try (HttpConnection kept = opener.open()) {
        assertThat(kept.get("/").status()).isEqualTo(200);
        keepAlive.awaitAnswers(20);
        close.awaitAnswers(20);
        List<Duration> took = new ArrayList<>();
        // There, back and there again. A machine that does other things may disturb one of them.
        for (String certificate : List.of(chosen, old, chosen)) {
          Issued shown = certificate.equals(chosen) ? second : first;
          took.add(timeUntilShown(world, balancer, certificate, authority, shown));
        }
        assertThat(took).allMatch(one -> one.compareTo(Duration.ofSeconds(5)) < 0);
        assertThat(Collections.min(took)).isLessThan(Duration.ofSeconds(1));
        close.awaitAnswers(20);
        keepAlive.awaitAnswers(20);
        assertThat(kept.get("/").status()).as("on the connection from before").isEqualTo(200);
      }
      for (Load load : List.of(keepAlive, close)) {
        assertThat(load.stop().reasons()).isEmpty();
      }
      assertThat(keyFiles(world, second)).isNotEmpty();
      Await.until(
          "the old key is nowhere on the node",
          Duration.ofSeconds(20),
          () -> keyFiles(world, first),
          List::isEmpty);
      world.api().delete("/load-balancers/" + balancer.id());
      Await.until(
          "no key is left without a listener",
          Duration.ofSeconds(20),
          () -> keyFiles(world, second),
          List::isEmpty);
    }
  }

  /** From the call of the API to a new handshake that shows it. */
  private static Duration timeUntilShown(
      World world, Balancer balancer, String certificate, Authority authority, Issued shown)
      throws IOException {
    String listener = balancer.listenerPath(WEB);
    long start = System.nanoTime();
    Answer answer =
        world
            .api()
            .send(
                "PATCH",
                listener,
                Optional.of(Map.of("tls", Map.of("certificateId", certificate))),
                Map.of("Prefer", "wait=10"));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(TlsClient.serial(authority, balancer.at(WEB), SHOP)).isEqualTo(shown.serial());
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** The files of the node that hold the key; each must be its owner's alone. */
  private static List<Path> keyFiles(World world, Issued issued) {
    String secret = String.valueOf(issued.material().get("privateKey")).lines().toList().get(2);
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(world.nodeFolder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!Files.readString(file).contains(secret)) continue;
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
        found.add(file);
      }
    } catch (NoSuchFileException | java.io.UncheckedIOException goesRightNow) {
      return keyFiles(world, issued);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return found;
  }
}
