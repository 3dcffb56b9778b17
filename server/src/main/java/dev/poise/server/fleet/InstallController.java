package dev.poise.server.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a machine fetches to become a node: a script, and the agent that the script installs. There
 * is nothing in them that not everybody may know; what makes a node is the token that the script is
 * called with.
 */
@RestController
final class InstallController {
  private static final String SCRIPT = script();

  private final AgentArchive archive;

  InstallController(AgentArchive archive) {
    this.archive = archive;
  }

  private static String script() {
    try (InputStream text = InstallController.class.getResourceAsStream("install.sh")) {
      return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The script, which takes no other archive than the one there is now. */
  @GetMapping(path = "/install", produces = "text/x-shellscript")
  ResponseEntity<String> install() {
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .contentType(new MediaType("text", "x-shellscript", StandardCharsets.UTF_8))
        .body(SCRIPT.replace("@SHA256@", archive.digest()));
  }

  @GetMapping(path = "/install/poise-agent.tar.gz", produces = "application/gzip")
  ResponseEntity<Resource> archive() {
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .contentType(MediaType.parseMediaType("application/gzip"))
        .body(new FileSystemResource(archive.file()));
  }
}
