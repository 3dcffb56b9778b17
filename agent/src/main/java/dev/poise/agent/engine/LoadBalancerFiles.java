package dev.poise.agent.engine;

import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.ledger.DurableFile;
import dev.poise.agent.render.CertificateFile;
import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.render.Rendered;
import dev.poise.agent.render.RuleMap;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecJson.MalformedSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of one load balancer.
 *
 * <p>Each generation has a directory of its own, {@code gen-<generation>-<start of a digest>}, with
 * everything its process reads and the spec it came from. The link {@code current} points to the
 * last one a process accepted; it moves by one rename, so it points to a whole one always.
 */
final class LoadBalancerFiles {
  static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final String CURRENT = "current";
  private static final String SPEC_FILE = "spec.json";
  private static final String DIGEST_FILE = "digest";

  private final Path directory;
  private final Path serverState;
  private final Bundles bundles;

  LoadBalancerFiles(LoadBalancerId id, NodeSettings settings, Bundles bundles) {
    this.bundles = bundles;
    directory = settings.directoryOf(id);
    serverState = settings.serverStateFileOf(id);
  }

  Path directory() {
    return directory;
  }

  Path pidFile() {
    return directory.resolve("pid");
  }

  /** Writes everything a process would read and gives back its directory. */
  Path stage(DigestedSpec desired, Rendered rendered) throws IOException {
    // The node's settings are in the text as well: other settings never overwrite the last good.
    String digest = SpecJson.digest(rendered.config()).substring(0, 8);
    String name = "gen-" + desired.spec().generation() + "-" + digest;
    Path staged = directory.resolve(name);
    Files.createDirectories(staged, OWNER_ONLY);
    DurableFile.write(configIn(staged), rendered.config());
    for (Map.Entry<String, String> file : rendered.files().entrySet()) {
      write(staged.resolve(file.getKey()), file.getValue());
    }
    for (Map.Entry<String, RuleMap> map : rendered.maps().entrySet()) {
      write(staged.resolve(map.getKey()), map.getValue().text());
    }
    for (CertificateFile file : rendered.certificates()) writeCertificate(staged, file);
    DurableFile.write(staged.resolve(DIGEST_FILE), desired.digest());
    DurableFile.write(staged.resolve(SPEC_FILE), SpecJson.write(desired.spec()));
    return staged;
  }

  /** The last good generation keeps its own copy; it outlives the bundle it was made of. */
  private void writeCertificate(Path staged, CertificateFile certificate) throws IOException {
    Path file = staged.resolve(certificate.name());
    boolean there =
        Files.exists(file) && SpecJson.digest(Files.readString(file)).equals(certificate.digest());
    if (there) return;
    Files.createDirectories(file.resolveSibling(""), OWNER_ONLY);
    DurableFile.writeSecret(file, bundles.pem(certificate.digest()));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(""), OWNER_ONLY);
    DurableFile.write(file, text);
  }

  static Path configIn(Path generation) {
    return generation.resolve(Rendered.CONFIG_FILE);
  }

  void writeServerState(String text) throws IOException {
    Files.createDirectories(directory, OWNER_ONLY);
    Files.writeString(serverState, text);
  }

  /** Makes a staged generation the last good one. */
  void makeCurrent(Path staged) throws IOException {
    if (current().equals(Optional.of(directory.resolve(staged.getFileName())))) return;
    Path link = directory.resolve(CURRENT + ".new");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, staged.getFileName());
    DurableFile.rename(link, directory.resolve(CURRENT));
  }

  /** There is no last good generation any more: nothing shall be served. */
  void forgetCurrent() throws IOException {
    Files.deleteIfExists(directory.resolve(CURRENT));
    deleteGenerationsExcept("none");
  }

  /** The directory of the last good generation. */
  Optional<Path> current() throws IOException {
    try {
      Path target = directory.resolve(Files.readSymbolicLink(directory.resolve(CURRENT)));
      return Files.isDirectory(target) ? Optional.of(target) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The spec of the last good generation. */
  Optional<DigestedSpec> currentSpec() throws IOException {
    Optional<Path> current = current();
    return current.isEmpty() ? Optional.empty() : specIn(current.get());
  }

  /** The spec that a process serves which says it has this digest. */
  Optional<DigestedSpec> specOf(String digest) throws IOException {
    if (!Files.isDirectory(directory)) return Optional.empty();
    try (DirectoryStream<Path> generations = Files.newDirectoryStream(directory, "gen-*")) {
      for (Path generation : generations) {
        Optional<DigestedSpec> spec = specIn(generation);
        if (spec.isPresent() && spec.get().digest().equals(digest)) return spec;
      }
    }
    return Optional.empty();
  }

  /**
   * The directory of the generation a process was started from.
   *
   * @param config the file it was started with
   * @param digest of the spec it says it serves; if that is another than it was started from, it
   *     was brought there, and what it was started from is nothing any more
   */
  Optional<Path> generationOf(Path config, String digest) throws IOException {
    Path generation = config.resolveSibling("");
    if (!directory.equals(generation.getParent())) return Optional.empty();
    return specIn(generation).filter(spec -> spec.digest().equals(digest)).map(spec -> generation);
  }

  private static Optional<DigestedSpec> specIn(Path generation) throws IOException {
    try {
      String digest = Files.readString(generation.resolve(DIGEST_FILE));
      String json = Files.readString(generation.resolve(SPEC_FILE));
      return Optional.of(new DigestedSpec(SpecJson.readSpec(json), digest));
    } catch (NoSuchFileException | MalformedSpec e) {
      // Half-staged, or written by an agent that understood more: as good as not there.
      return Optional.empty();
    }
  }

  /** Whether the last good configuration is this one, to the letter. */
  boolean isCurrent(Rendered rendered) throws IOException {
    Optional<Path> current = current();
    if (current.isEmpty()) return false;
    try {
      return Files.readString(configIn(current.get())).equals(rendered.config());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Deletes the generations that are not the last good one. */
  void deleteAllButCurrent() throws IOException {
    Optional<Path> current = current();
    if (current.isPresent()) deleteGenerationsExcept(current.get().getFileName().toString());
  }

  private void deleteGenerationsExcept(String kept) throws IOException {
    if (!Files.isDirectory(directory)) return;
    try (DirectoryStream<Path> generations = Files.newDirectoryStream(directory, "gen-*")) {
      for (Path generation : generations) {
        if (!generation.getFileName().toString().equals(kept)) deleteTree(generation);
      }
    }
  }

  /** Deletes everything. */
  void delete() throws IOException {
    if (Files.isDirectory(directory)) deleteTree(directory);
  }

  private static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) throw failure;
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
