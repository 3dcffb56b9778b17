package dev.poise.agent.ledger;

import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The certificate material of this node, one file per bundle below {@code bundles}, readable by its
 * owner alone.
 *
 * <p>Here is what the specs of the accepted manifest name. What an older configuration still serves
 * is in that configuration's own directory, and goes with it.
 */
public final class Bundles {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Path directory;

  private Bundles(Path directory) {
    this.directory = directory;
  }

  /** Opens the bundles in a data directory, which may be empty. */
  public static Bundles open(Path dataDirectory) throws IOException {
    return new Bundles(Files.createDirectories(dataDirectory.resolve("bundles"), OWNER_ONLY));
  }

  /** Whether a bundle is here. */
  public boolean has(String digest) {
    return Files.exists(fileOf(digest));
  }

  /** Keeps a bundle. */
  public void put(String digest, String pem) throws IOException {
    if (!SpecJson.digest(pem).equals(digest)) {
      throw new IOException("certificate material does not match its digest " + digest);
    }
    DurableFile.writeSecret(fileOf(digest), pem);
  }

  /** The PEM text of a bundle that is here. */
  public String pem(String digest) throws IOException {
    return Files.readString(fileOf(digest));
  }

  /** Deletes the bundles whose digest is not among these. */
  public void keep(Set<String> digests) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String digest = file.getFileName().toString().replace(".pem", "");
        if (!digests.contains(digest)) Files.delete(file);
      }
    }
  }

  private Path fileOf(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException("not a digest: " + digest);
    }
    return directory.resolve(digest + ".pem");
  }
}
