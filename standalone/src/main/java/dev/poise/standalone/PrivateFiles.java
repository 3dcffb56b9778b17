package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that only their owner may read: keys, passwords, state. */
final class PrivateFiles {
  private PrivateFiles() {}

  /** Writes a file of mode 0600, on disk and whole or not at all. */
  static void write(Path file, String text) {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".new");
    try {
      createFolder(file.toAbsolutePath().resolveSibling(""));
      Files.deleteIfExists(temporary);
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) channel.write(bytes);
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a link, in the place of whatever has its name. */
  static void link(Path link, Path target) {
    Path temporary = link.resolveSibling("." + link.getFileName() + ".new");
    try {
      createFolder(link.toAbsolutePath().resolveSibling(""));
      Files.deleteIfExists(temporary);
      Files.createSymbolicLink(temporary, target);
      Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a folder, and those above it, of mode 0700 where they do not exist. */
  static Path createFolder(Path folder) {
    try {
      return Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
