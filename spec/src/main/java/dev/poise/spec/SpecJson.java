package dev.poise.spec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * The one codec of everything server and agent say to each other. Properties are written in a fixed
 * order, so equal specs have equal text and equal digests.
 *
 * <p>A spec is read strictly: an option the reader does not know, or one that is missing, is an
 * error, because serving a load balancer without one of its options is worse than serving the one
 * before. Manifests and reports are read leniently, so that a newer peer can say more.
 */
public final class SpecJson {
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .addModule(new SimpleModule().addDeserializer(Instant.class, new Times()))
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();
  private static final JsonMapper LENIENT =
      STRICT.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private SpecJson() {}

  /** The JSON text of a record of this package. */
  public static String write(Object value) {
    return STRICT.writeValueAsString(value);
  }

  /**
   * Reads a spec.
   *
   * @throws MalformedSpec if the text is not a spec, or says something this version does not
   *     understand
   */
  public static LoadBalancerSpec readSpec(String json) throws MalformedSpec {
    try {
      return STRICT.readValue(json, LoadBalancerSpec.class);
    } catch (UnrecognizedPropertyException e) {
      throw new MalformedSpec("the option '" + e.getPropertyName() + "' is not known here", e);
    } catch (InvalidTypeIdException e) {
      throw new MalformedSpec("the kind '" + e.getTypeId() + "' is not known here", e);
    } catch (JacksonException e) {
      throw new MalformedSpec("the description cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Reads any other message.
   *
   * @throws JacksonException if the text is not such a message
   */
  public static <T> T read(String json, Class<T> type) {
    return LENIENT.readValue(json, type);
  }

  /** SHA-256 of the text's UTF-8 bytes, as 64 hexadecimal digits. */
  public static String digest(String json) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** A spec that this version cannot serve in full. */
  public static final class MalformedSpec extends Exception {
    MalformedSpec(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
