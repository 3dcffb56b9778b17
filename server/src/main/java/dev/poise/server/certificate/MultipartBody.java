package dev.poise.server.certificate;

import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A form as the JSON body it stands for: fields are text, files become their Base64. So there is
 * one way from an upload to a certificate, with one set of faults and pointers.
 */
final class MultipartBody {
  private MultipartBody() {}

  static JsonNode json(HttpServletRequest request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    try {
      for (Part part : request.getParts()) {
        if (body.has(part.getName())) {
          throw new Refusal.Invalid(
              "/" + part.getName(),
              ProblemType.VALIDATION_FAILED,
              "The form has this field more than once.");
        }
        byte[] content = part.getInputStream().readAllBytes();
        body.put(
            part.getName(),
            part.getSubmittedFileName() == null
                ? new String(content, StandardCharsets.UTF_8)
                : Base64.getEncoder().encodeToString(content));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServletException _) {
      throw new Refusal.Unreadable(ProblemType.BAD_REQUEST, "The form cannot be read.");
    }
    return body;
  }
}
