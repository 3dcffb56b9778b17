package dev.poise.server.identity;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Hashes passwords and compares them. A hash begins with the name of its algorithm, so that another
 * algorithm may come without anybody setting a new password.
 */
@Component
class Passwords {
  private static final int SHORTEST = 12;
  private static final int MOST_BYTES = 72;

  private final PasswordEncoder encoder;
  private final String nobodys;

  Passwords(@Value("${poise.sign-in.bcrypt-strength}") int strength) {
    this.encoder =
        new DelegatingPasswordEncoder(
            "bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(strength)));
    this.nobodys = hashed("nobody knows this");
  }

  /**
   * Whether that is the password. Takes as long if there is none, so that nobody learns from the
   * time which users there are.
   */
  boolean matches(String password, @Nullable String hash) {
    boolean matches = encoder.matches(password, hash == null ? nobodys : hash);
    return matches && hash != null;
  }

  /**
   * The hash of a new password.
   *
   * @param pointer where the password is in the body
   * @throws Refusal.Invalid if it breaks a rule
   */
  String hash(String name, String password, String pointer) {
    List<Fault> faults = new ArrayList<>();
    if (password.codePointCount(0, password.length()) < SHORTEST) {
      faults.add(
          new Fault(pointer, "password-too-short", "A password has at least 12 characters."));
    }
    // What is behind them would not be compared.
    if (password.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES)
      faults.add(
          new Fault(pointer, "password-too-long", "A password has at most 72 bytes in UTF-8."));
    if (password.strip().equalsIgnoreCase(name))
      faults.add(new Fault(pointer, "password-is-name", "A password must not be the user's name."));
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    return hashed(password);
  }

  private String hashed(String password) {
    String hash = encoder.encode(password);
    if (hash == null) throw new IllegalStateException("a password was hashed to nothing");
    return hash;
  }
}
