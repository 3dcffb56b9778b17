package dev.poise.agent.ledger;

import dev.poise.spec.BundleRef;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecJson.MalformedSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What the server told this node last, on disk: {@code manifest.json}, one file per spec below
 * {@code specs}, and {@code held.json} with the removals that are held back.
 *
 * <p>The node acts only on what is here, so that after a restart without the server it does the
 * same again. Therefore: specs first, the manifest after them, and both before anything is done. A
 * manifest for the same node is accepted only if its revision is higher than that of the one here;
 * a lower one comes from a server that was set back, an equal one with other content from two
 * servers that disagree.
 */
public final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Path manifestFile;
  private final Path heldFile;
  private final Path specs;
  private final Map<String, Set<String>> bundles = new ConcurrentHashMap<>();
  private Optional<Manifest> manifest;

  private Ledger(Path directory) throws IOException {
    manifestFile = directory.resolve("manifest.json");
    heldFile = directory.resolve("held.json");
    specs = Files.createDirectories(directory.resolve("specs"));
    manifest = readManifest();
  }

  /** Opens the ledger in a directory, which may be empty. */
  public static Ledger open(Path directory) throws IOException {
    return new Ledger(directory);
  }

  /** How a manifest relates to the one that is here. */
  public enum Judgement {
    /** It is newer: to be accepted. */
    NEWER,
    /** It is the one that is here. */
    SAME,
    /** Its revision is lower. */
    OLDER,
    /** It has the same revision and says something else. */
    CONTRADICTING
  }

  private record HeldFile(List<HeldEntry> held) {}

  private record HeldEntry(LoadBalancerId id, long leftOutAt) {}

  private Optional<Manifest> readManifest() throws IOException {
    if (!Files.exists(manifestFile)) return Optional.empty();
    try {
      return Optional.of(SpecJson.read(Files.readString(manifestFile), Manifest.class));
    } catch (JacksonException e) {
      // The load balancers serve on from their own files until the server sends another one.
      log.error("{} is not a manifest, going on without it", manifestFile, e);
      return Optional.empty();
    }
  }

  /** The manifest the node acts on. */
  public synchronized Optional<Manifest> manifest() {
    return manifest;
  }

  /** The revision the node acts on, 0 before the first. */
  public synchronized long revision() {
    return manifest.map(Manifest::revision).orElse(0L);
  }

  /**
   * The revision that node acts on: 0 if what is here was told to another one, which this machine
   * was before. Revisions of another cluster say nothing about those of this one.
   */
  public synchronized long revisionOf(NodeId node) {
    return manifest.filter(it -> it.node().equals(node)).map(Manifest::revision).orElse(0L);
  }

  /** Compares a manifest with the one that is here. */
  public synchronized Judgement judge(Manifest other) {
    if (manifest.isEmpty() || !manifest.get().node().equals(other.node())) return Judgement.NEWER;
    if (other.revision() > revision()) return Judgement.NEWER;
    if (other.revision() < revision()) return Judgement.OLDER;
    return other.equals(manifest.get()) ? Judgement.SAME : Judgement.CONTRADICTING;
  }

  /** Makes a manifest the one the node acts on; when this returns it is on the disk. */
  public synchronized void accept(Manifest newer) throws IOException {
    if (judge(newer) != Judgement.NEWER) {
      throw new IllegalArgumentException("revision " + newer.revision() + " is not newer");
    }
    DurableFile.write(manifestFile, SpecJson.write(newer));
    manifest = Optional.of(newer);
  }

  /** Keeps a spec. */
  public void putSpec(String digest, String json) throws IOException {
    DurableFile.write(fileOf(digest), json);
  }

  /** The text of a spec, if it is here. */
  public Optional<String> spec(String digest) throws IOException {
    Path file = fileOf(digest);
    return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
  }

  /** Whether a spec is here. */
  public boolean hasSpec(String digest) {
    return Files.exists(fileOf(digest));
  }

  /** The digests of the certificate material a spec names, if it is here and can be read. */
  public Set<String> bundlesOf(String digest) throws IOException {
    Set<String> known = bundles.get(digest);
    if (known != null) return known;
    Optional<String> json = spec(digest);
    if (json.isEmpty()) return Set.of();
    Set<String> named = namedIn(json.get());
    bundles.put(digest, named);
    return named;
  }

  private static Set<String> namedIn(String json) {
    try {
      return BundleRefs.of(SpecJson.readSpec(json)).stream()
          .map(BundleRef::digest)
          .collect(Collectors.toUnmodifiableSet());
    } catch (MalformedSpec e) {
      // It will be refused, with this reason, by whoever shall serve it.
      return Set.of();
    }
  }

  /** Deletes the specs whose digest is not among these. */
  public void keepSpecs(Set<String> digests) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(specs)) {
      for (Path file : files) {
        String digest = file.getFileName().toString().replace(".json", "");
        if (!digests.contains(digest)) Files.delete(file);
      }
    }
    bundles.keySet().retainAll(digests);
  }

  private Path fileOf(String digest) {
    if (!DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException("not a digest: " + digest);
    }
    return specs.resolve(digest + ".json");
  }

  /** The removals held back, each with the revision of the manifest that first left it out. */
  public Map<LoadBalancerId, Long> held() throws IOException {
    Map<LoadBalancerId, Long> held = new HashMap<>();
    if (!Files.exists(heldFile)) return held;
    try {
      HeldFile file = SpecJson.read(Files.readString(heldFile), HeldFile.class);
      file.held().forEach(entry -> held.put(entry.id(), entry.leftOutAt()));
    } catch (JacksonException e) {
      // What is missing is judged anew, as if it were missing since the manifest that is here.
      log.error("{} cannot be read, going on without it", heldFile, e);
    }
    return held;
  }

  /** Keeps which removals are held back. */
  public void putHeld(Map<LoadBalancerId, Long> held) throws IOException {
    List<HeldEntry> entries =
        held.entrySet().stream()
            .map(entry -> new HeldEntry(entry.getKey(), entry.getValue()))
            .toList();
    DurableFile.write(heldFile, SpecJson.write(new HeldFile(entries)));
  }
}
