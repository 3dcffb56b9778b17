package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {
  @TempDir Path folder;

  @Test
  void survivesBeingWrittenAndRead() throws IOException {
    ProcessIdentity ourselves = ourselves();
    Path file = folder.resolve("a.pid");
    Files.writeString(file, ourselves + "\n");
    assertThat(ProcessIdentity.read(file)).contains(ourselves);
  }

  @Test
  void takesNobodyForAProcessThatHadTheSamePidBefore() {
    ProcessIdentity now = ourselves();
    assertThat(now.isAlive()).isTrue();
    assertThat(new ProcessIdentity(now.pid(), now.startTicks() - 1, now.boot()).isAlive())
        .isFalse();
    assertThat(new ProcessIdentity(now.pid(), now.startTicks(), "another boot").isAlive())
        .isFalse();
  }

  @Test
  void signalsNobodyInTheNameOfAProcessThatIsGone() throws IOException {
    Process other = new ProcessBuilder("sleep", "60").start();
    ProcessIdentity real = ProcessIdentity.of(other.pid()).orElseThrow();
    new ProcessIdentity(real.pid(), real.startTicks() + 1, real.boot())
        .stop("KILL", Duration.ofSeconds(1));
    assertThat(other.isAlive()).isTrue();
    real.kill9();
    assertThat(real.isAlive()).isFalse();
  }

  @Test
  void takesNobodyForAFileThatItCannotUnderstand() throws IOException {
    Path file = folder.resolve("a.pid");
    assertThat(ProcessIdentity.read(file)).isEmpty();
    for (String text : List.of("", "1234", "a b c", "1 2", "1 2 3 4")) {
      Files.writeString(file, text);
      assertThat(ProcessIdentity.read(file)).as(text).isEmpty();
    }
  }

  @Test
  void endsAProcessThatIgnoresTheFriendlySignal() throws IOException {
    Process stubborn =
        new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done")
            .start();
    // The shell says when it ignores the signal.
    assertThat(stubborn.getInputStream().read()).isEqualTo('r');
    ProcessIdentity identity = ProcessIdentity.of(stubborn.pid()).orElseThrow();
    assertThat(identity.stop("TERM", Duration.ofMillis(300))).isFalse();
    assertThat(identity.isAlive()).isFalse();
  }

  private static ProcessIdentity ourselves() {
    return ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
  }
}
