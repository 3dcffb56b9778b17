package dev.poise.agent.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Writes files that are either the old or the new text after a power failure, never a part of one:
 * the text goes to a file beside it, down to the disk, and takes the name by one rename, which is
 * brought down to the disk as well.
 */
public final class DurableFile {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private DurableFile() {}

  /** Writes the text; when this returns it is on the disk. */
  public static void write(Path file, String text) throws IOException {
    write(file, text, new FileAttribute<?>[0]);
  }

  /** Writes a text that only its owner may read, at no moment anybody else. */
  public static void writeSecret(Path file, String text) throws IOException {
    write(file, text, OWNER_ONLY);
  }

  private static void write(Path file, String text, FileAttribute<?>... attributes)
      throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    try (FileChannel channel = FileChannel.open(beside, NEW, attributes)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) channel.write(bytes);
      channel.force(true);
    }
    rename(beside, file);
  }

  /** Gives a file or a link another name, which may be taken; when this returns it is on disk. */
  public static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path directory = to.toAbsolutePath().getParent();
    if (directory == null) return;
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
