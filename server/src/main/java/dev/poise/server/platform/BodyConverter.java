package dev.poise.server.platform;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.converter.HttpMessageNotWritableException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the bodies of our controllers through {@link Bodies}, so that every fault of a body is
 * named at once.
 */
final class BodyConverter implements HttpMessageConverter<Object> {
  private static final int LARGEST_BODY_BYTES = 2 * 1024 * 1024;
  private static final List<MediaType> TYPES =
      List.of(MediaType.APPLICATION_JSON, MediaType.valueOf("application/merge-patch+json"));

  private final Bodies bodies;

  BodyConverter(Bodies bodies) {
    this.bodies = bodies;
  }

  @Override
  public boolean canRead(Class<?> type, @Nullable MediaType media) {
    return type.isRecord()
        && type.getName().startsWith("dev.poise.server.")
        && (media == null || TYPES.stream().anyMatch(known -> known.includes(media)));
  }

  @Override
  public boolean canWrite(Class<?> type, @Nullable MediaType media) {
    return false;
  }

  @Override
  public List<MediaType> getSupportedMediaTypes() {
    return TYPES;
  }

  @Override
  public Object read(Class<?> type, HttpInputMessage input) throws IOException {
    byte[] body = input.getBody().readNBytes(LARGEST_BODY_BYTES + 1);
    if (body.length > LARGEST_BODY_BYTES) {
      throw new Refusal.Unreadable(ProblemType.TOO_LARGE, "The body has more than 2 MiB.");
    }
    if (body.length == 0) throw new HttpMessageNotReadableException("empty body", input);
    JsonNode tree = bodies.parse(body);
    if (type != MergePatch.class) return bodies.read(tree, type);
    if (!tree.isObject())
      throw new Refusal.Invalid("", ProblemType.VALIDATION_FAILED, "A patch must be an object.");
    return new MergePatch(tree);
  }

  @Override
  public void write(Object value, @Nullable MediaType media, HttpOutputMessage output)
      throws HttpMessageNotWritableException {
    throw new HttpMessageNotWritableException("this converter only reads");
  }
}
