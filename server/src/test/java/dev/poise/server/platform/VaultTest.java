package dev.poise.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.server.platform.Vault.Sealed;
import dev.poise.spec.TypeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTest {
  private static final String OLD = key(1);
  private static final String NEW = key(2);
  private static final String ID = TypeId.generate("cert", Instant.EPOCH);

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, (byte) fill);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Vault vault(String keys) {
    return new Vault(new MasterKeys(keys, ""));
  }

  @Test
  void whatIsSealedOpensAgainAndIsNotReadable() {
    Sealed sealed = vault(OLD).seal(ID, "secret text");
    assertThat(vault(OLD).open(ID, sealed)).isEqualTo("secret text");
    assertThat(new String(sealed.secret(), StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    assertThat(vault(OLD).seal(ID, "secret text").secret()).isNotEqualTo(sealed.secret());
  }

  @Test
  void theFirstKeyEncryptsAndEachOfThemDecrypts() {
    Sealed before = vault(OLD).seal(ID, "text");
    Vault both = vault(NEW + "\n" + OLD);
    assertThat(both.open(ID, before)).isEqualTo("text");
    Sealed after = both.rewrap(ID, before);
    assertThat(after.masterKeyId()).isNotEqualTo(before.masterKeyId());
    assertThat(vault(NEW).open(ID, after)).isEqualTo("text");
    assertThatThrownBy(() -> vault(NEW).open(ID, before))
        .isInstanceOf(Refusal.Unavailable.class)
        .hasMessageContaining(before.masterKeyId());
  }

  @Test
  void aSecretDoesNotOpenInAnotherRow() {
    Sealed sealed = vault(OLD).seal(ID, "text");
    String other = TypeId.generate("cert", Instant.EPOCH);
    assertThatThrownBy(() -> vault(OLD).open(other, sealed))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aChangedSecretDoesNotOpen() {
    Sealed sealed = vault(OLD).seal(ID, "text");
    sealed.secret()[20] ^= 1;
    assertThatThrownBy(() -> vault(OLD).open(ID, sealed)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withoutAKeyNothingIsSealed() {
    assertThatThrownBy(() -> vault("").seal(ID, "text"))
        .isInstanceOf(Refusal.Unavailable.class)
        .hasMessageContaining("POISE_MASTER_KEY_FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "c2hvcnQ=", "not base64 at all!"})
  void aServerDoesNotStartWithAKeyThatIsNone(String text) {
    assertThatThrownBy(() -> vault(text))
        .isInstanceOf(IllegalStateException.class)
        .hasNoCause()
        .hasMessageContaining("32 bytes")
        .hasMessageNotContaining(text);
  }

  @Test
  void readsKeysFromAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("keys");
    Files.writeString(file, NEW + "\n" + OLD + "\n");
    Vault vault = new Vault(new MasterKeys("", file.toString()));
    assertThat(vault.masterKeyId()).isEqualTo(vault(NEW).masterKeyId());
    assertThatThrownBy(() -> new MasterKeys(OLD, file.toString())).hasMessageContaining("not both");
    assertThatThrownBy(() -> new MasterKeys("", folder.resolve("none").toString()))
        .hasMessageContaining("Cannot read");
  }
}
