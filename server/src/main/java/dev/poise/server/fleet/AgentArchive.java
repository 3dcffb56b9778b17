package dev.poise.server.fleet;

import dev.poise.server.platform.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The agent as machines install it: a file that an operator puts there, replaces at any time, or
 * does without. So it is looked at with every request, and read only when it is another one.
 */
@Component
final class AgentArchive {
  private final Optional<Path> place;
  private volatile @Nullable Known last;

  AgentArchive(@Value("${poise.agent.archive}") String place) {
    this.place = place.isBlank() ? Optional.empty() : Optional.of(Path.of(place));
  }

  /** What tells one file from another without reading it. */
  private record Mark(long size, FileTime time, @Nullable Object key) {
    static Mark of(Path file) throws IOException {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return new Mark(found.size(), found.lastModifiedTime(), found.fileKey());
    }
  }

  private record Known(Mark mark, String digest) {}

  /** The file, for now. */
  Path file() {
    return place
        .filter(Files::isReadable)
        .orElseThrow(() ->
            new Refusal.NotFound(
                "archive of the agent on this server: ./poise package makes one, and"
                    + " POISE_AGENT_ARCHIVE says where it is"));
  }

  /** SHA-256 of the file, as 64 hexadecimal digits. */
  String digest() {
    Path file = file();
    try {
      Mark mark = Mark.of(file);
      Known known = last;
      if (known == null || !known.mark().equals(mark)) {
        known = new Known(mark, digestOf(file));
        last = known;
      }
      return known.digest();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private static String digestOf(Path file) throws IOException {
    try (InputStream content = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(content, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
