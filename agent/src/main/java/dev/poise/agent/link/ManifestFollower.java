package dev.poise.agent.link;

import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.ledger.Ledger;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.BundleRequest;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.SpecAnswer;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the server's manifests and brings what they name into the ledger.
 *
 * <p>A manifest is accepted when it is newer and all specs it names that could be had are on disk,
 * with the certificate material they name. What the server does not have any more keeps nothing
 * waiting but its own load balancer: it is asked for again soon, and most likely a newer manifest
 * is on its way.
 *
 * <p>A manifest that is not newer is refused, and the server asked again only after a while: one
 * that was set back would answer at once each time. Reports say so until an answer is good.
 */
public final class ManifestFollower implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ManifestFollower.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(50);
  private static final Duration WAIT_FOR_MISSING = Duration.ofSeconds(2);

  private final ServerClient server;
  private final Ledger ledger;
  private final Bundles bundles;
  private final NodeId node;
  private final ReportBoard board;
  private final Runnable onChange;
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2));
  private final ConditionLog condition = new ConditionLog(log, "manifest");
  private volatile boolean asked;

  /**
   * A follower.
   *
   * @param board where it is told that a manifest was refused
   * @param onChange called after the ledger has changed
   */
  public ManifestFollower(
      ServerClient server,
      Ledger ledger,
      Bundles bundles,
      NodeId node,
      ReportBoard board,
      Runnable onChange) {
    this.server = server;
    this.ledger = ledger;
    this.bundles = bundles;
    this.node = node;
    this.board = board;
    this.onChange = onChange;
  }

  /** Follows until interrupted. */
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Duration pause = step();
        if (pause.isPositive()) Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** One answer of the server and what follows from it; says how long to pause then. */
  Duration step() throws InterruptedException {
    try (ManifestStream manifests = server.manifests(ledger.revisionOf(node), patience())) {
      Optional<Manifest> next;
      do {
        next = manifests.next();
        String problem = next.isPresent() ? consider(next.get()) : "";
        board.problems("manifest", problem.isEmpty() ? List.of() : List.of(problem));
        if (fetchFor(ledger.manifest().stream().toList())) onChange.run();
        asked = true;
        if (!problem.isEmpty()) return failed(problem);
        succeeded();
        // What is missing is asked for again before long, whether there is a new manifest or not.
      } while (next.isPresent() && isComplete(List.of(next.get())));
      return Duration.ZERO;
    } catch (IOException e) {
      return failed(sentence(e));
    } catch (RuntimeException e) {
      condition.fault(e);
      return backoff.next();
    }
  }

  /** The first answer comes at once: whoever waits for it is not sure that the ledger is fresh. */
  private Duration patience() throws IOException {
    if (!asked) return Duration.ZERO;
    return isComplete(ledger.manifest().stream().toList()) ? LONGEST_WAIT : WAIT_FOR_MISSING;
  }

  /** Whether the server answered since the agent began, and what it said was acted on. */
  public boolean hasAsked() {
    return asked;
  }

  private void succeeded() {
    condition.good();
    backoff.reset();
  }

  private Duration failed(String problem) {
    condition.bad(problem);
    return backoff.next();
  }

  private static String sentence(IOException e) {
    String message = e.getMessage();
    return message == null || message.isEmpty() ? "the server cannot be reached" : message;
  }

  /** Takes the manifest over, or says why not. */
  private String consider(Manifest sent) throws IOException, InterruptedException {
    Manifest manifest = sent.withoutSpecs();
    if (!manifest.node().equals(node)) {
      return "refused a manifest for node " + manifest.node();
    }
    return switch (ledger.judge(manifest)) {
      case NEWER -> {
        keep(sent);
        fetchFor(List.of(manifest));
        ledger.accept(manifest);
        log.info("accepted revision {}", manifest.revision());
        onChange.run();
        yield "";
      }
      case SAME -> "the server sent revision " + manifest.revision() + " again";
      case OLDER ->
          "refused revision %d: this node is at %d already; was the server set back?"
              .formatted(manifest.revision(), ledger.revision());
      case CONTRADICTING ->
          "refused revision " + manifest.revision() + ": it says something else than before";
    };
  }

  /** Keeps the specs that came with it, as far as they are missing. */
  private void keep(Manifest sent) throws IOException {
    List<String> missing = missing(List.of(sent));
    for (SpecAnswer.Document document : sent.specs()) {
      if (missing.contains(document.digest())) put(document);
    }
  }

  private void put(SpecAnswer.Document document) throws IOException {
    if (!SpecJson.digest(document.json()).equals(document.digest())) {
      throw new IOException("the server sent a spec that does not match its digest");
    }
    ledger.putSpec(document.digest(), document.json());
  }

  private List<String> missing(List<Manifest> manifests) {
    return manifests.stream()
        .flatMap(manifest -> manifest.loadBalancers().stream())
        .map(Manifest.Entry::digest)
        .distinct()
        .filter(digest -> !ledger.hasSpec(digest))
        .toList();
  }

  private Set<String> missingBundles(List<Manifest> manifests) throws IOException {
    Set<String> missing = new LinkedHashSet<>();
    for (Manifest manifest : manifests) {
      for (Manifest.Entry entry : manifest.loadBalancers()) {
        missing.addAll(ledger.bundlesOf(entry.digest()));
      }
    }
    missing.removeIf(bundles::has);
    return missing;
  }

  private boolean isComplete(List<Manifest> manifests) throws IOException {
    return missing(manifests).isEmpty() && missingBundles(manifests).isEmpty();
  }

  /** Says whether anything came. Specs come first, because they name the bundles. */
  private boolean fetchFor(List<Manifest> manifests) throws IOException, InterruptedException {
    boolean specs = fetch(missing(manifests));
    boolean material = fetchBundles(List.copyOf(missingBundles(manifests)));
    return specs || material;
  }

  private boolean fetchBundles(List<String> digests) throws IOException, InterruptedException {
    boolean any = false;
    for (int start = 0; start < digests.size(); start += BundleRequest.LIMIT) {
      int end = Math.min(digests.size(), start + BundleRequest.LIMIT);
      List<String> batch = digests.subList(start, end);
      for (BundleAnswer.Bundle bundle : server.fetchBundles(batch)) {
        if (!batch.contains(bundle.digest())) {
          throw new IOException("the server sent certificate material nobody asked for");
        }
        bundles.put(bundle.digest(), bundle.pem());
        any = true;
      }
    }
    return any;
  }

  private boolean fetch(List<String> digests) throws IOException, InterruptedException {
    boolean any = false;
    for (int start = 0; start < digests.size(); start += SpecRequest.LIMIT) {
      int end = Math.min(digests.size(), start + SpecRequest.LIMIT);
      List<String> batch = digests.subList(start, end);
      for (SpecAnswer.Document document : server.fetch(batch)) {
        if (!batch.contains(document.digest())) {
          throw new IOException("the server sent a spec nobody asked for");
        }
        put(document);
        any = true;
      }
    }
    return any;
  }
}
