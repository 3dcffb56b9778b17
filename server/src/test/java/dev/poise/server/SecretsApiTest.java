package dev.poise.server;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A server with a master key, so that it has certificates. All subclasses share one. */
public abstract class SecretsApiTest extends ApiTest {
  @DynamicPropertySource
  static void masterKey(DynamicPropertyRegistry registry) {
    // The same for all tests, because they share a database.
    registry.add("poise.master-key", () -> "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  }
}
