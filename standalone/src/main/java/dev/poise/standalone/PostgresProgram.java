package dev.poise.standalone;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's own programs, unpacked once from the archive that we ship. */
record PostgresProgram(Path folder, String version) {
  /** Unpacks into a folder of the given one, unless that was done before. */
  static PostgresProgram unpackBelow(Path parent) {
    String version = versionShipped();
    Path folder = parent.resolve("postgres-" + version);
    if (!Files.isDirectory(folder)) unpack(folder);
    return new PostgresProgram(folder.toAbsolutePath(), version);
  }

  Path initdb() {
    return folder.resolve("bin/initdb");
  }

  Path postgres() {
    return folder.resolve("bin/postgres");
  }

  private static String versionShipped() {
    Properties build = new Properties();
    try (InputStream in = PostgresProgram.class.getResourceAsStream("build.properties")) {
      if (in == null) throw new IllegalStateException("build.properties is missing");
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("postgres.version");
  }

  private static void unpack(Path folder) {
    try {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Path unfinished =
          Files.createTempDirectory(folder.toAbsolutePath().getParent(), "postgres-unpacking-");
      try (TarArchiveInputStream archive = open()) {
        for (TarArchiveEntry entry = archive.getNextEntry();
            entry != null;
            entry = archive.getNextEntry()) {
          extract(entry, archive, unfinished);
        }
      }
      // PostgreSQL may run as another account than ours: it needs to read its own program.
      Files.setPosixFilePermissions(unfinished, permissions(true));
      appear(unfinished, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack PostgreSQL to " + folder, e);
    }
  }

  /** Lets the folder appear, whole; when another unpacked it meanwhile, that one stays. */
  private static void appear(Path unfinished, Path folder) throws IOException {
    try {
      Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Folders.delete(unfinished);
      if (!Files.isDirectory(folder)) throw e;
    }
  }

  private static TarArchiveInputStream open() throws IOException {
    String architecture =
        switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          case String other ->
              throw new CannotStart(
                  "No PostgreSQL is shipped for "
                      + other
                      + ". Use one of your own with --database-url.");
        };
    InputStream in =
        PostgresProgram.class.getResourceAsStream("/postgres-linux-" + architecture + ".txz");
    if (in == null) throw new IllegalStateException("the archive of PostgreSQL is missing");
    return new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(in)));
  }

  private static void extract(TarArchiveEntry entry, InputStream content, Path folder)
      throws IOException {
    Path target = folder.resolve(entry.getName()).normalize();
    if (!target.startsWith(folder)) throw new IOException("the archive leaves its folder");
    if (entry.isDirectory()) {
      Files.createDirectories(target);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(target.getParent());
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else {
      Files.createDirectories(target.getParent());
      Files.copy(content, target);
      Files.setPosixFilePermissions(target, permissions((entry.getMode() & 0100) != 0));
    }
  }

  private static Set<PosixFilePermission> permissions(boolean executable) {
    return PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
  }
}
