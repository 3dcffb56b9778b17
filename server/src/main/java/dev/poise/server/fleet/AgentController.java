package dev.poise.server.fleet;

import dev.poise.server.certificate.Certificates;
import dev.poise.server.cluster.Joining;
import dev.poise.server.cluster.Node;
import dev.poise.server.identity.Origin;
import dev.poise.server.loadbalancer.Specs;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.AgentApi;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.BundleRequest;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeReport;
import dev.poise.spec.SpecAnswer;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.TransactionException;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;

/** The calls of {@link AgentApi}. Bodies are read and written by the one codec both sides share. */
@RestController
final class AgentController {
  private static final Logger LOG = LoggerFactory.getLogger(AgentController.class);
  private static final Pattern WAIT = Pattern.compile("wait=(\\d{1,3})");
  private static final Pattern REVISION = Pattern.compile("\"(\\d{1,18})\"");
  private static final long NONE = -1;

  /**
   * A report that speaks of a hundred load balancers is a quarter of a megabyte, and more when it
   * is read. After an outage all nodes send theirs at once; so many are read at a time, others wait
   * in their connections.
   */
  private static final int LARGE_AT_ONCE = 8;

  private static final long LARGE_BYTES = 32_000;

  private final Semaphore largeReports = new Semaphore(LARGE_AT_ONCE, true);
  private final Joining joining;
  private final Agents agents;
  private final Manifests manifests;
  private final Reports reports;
  private final Specs specs;
  private final Certificates certificates;

  AgentController(
      Joining joining,
      Agents agents,
      Manifests manifests,
      Reports reports,
      Specs specs,
      Certificates certificates) {
    this.joining = joining;
    this.agents = agents;
    this.manifests = manifests;
    this.reports = reports;
    this.specs = specs;
    this.certificates = certificates;
  }

  @PostMapping(AgentApi.JOIN)
  ResponseEntity<String> join(HttpServletRequest request, @RequestBody String body) {
    return json(joining.join(read(body, JoinRequest.class), Origin.of(request)));
  }

  /**
   * A manifest, and in lines those that come after it as well, until the time is over. The answer
   * begins with the first one, so that a refusal before it is one like all others; what happens
   * after it ends the answer, and whoever comes again is told what it was.
   */
  @GetMapping(AgentApi.MANIFEST)
  void manifest(
      HttpServletRequest request,
      HttpServletResponse response,
      @AuthenticationPrincipal Node node,
      @RequestHeader(name = "If-None-Match", required = false) @Nullable String known,
      @RequestHeader(name = "Prefer", required = false) @Nullable String preference,
      @RequestHeader(name = "Accept", required = false) @Nullable String accepted) {
    try (Manifests.Watch watch = watch(request, node, known, preference)) {
      Optional<Manifest> next = watch.next();
      if (next.isEmpty()) {
        response.setStatus(HttpStatus.NOT_MODIFIED.value());
      } else if (AgentApi.LINES.equals(accepted)) {
        response.setContentType(AgentApi.LINES);
        while (next.isPresent()) {
          send(response, next.get());
          next = after(watch);
        }
      } else {
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setHeader(HttpHeaders.ETAG, Conditions.etag(next.get().revision()));
        send(response, next.get());
      }
    } catch (IOException e) {
      LOG.debug("{} is not there any more to hear of manifests: {}", node.id(), e.getMessage());
    }
  }

  private Manifests.Watch watch(
      HttpServletRequest request, Node node, @Nullable String known, @Nullable String preference) {
    return manifests.watch(
        node,
        number(REVISION, known, NONE),
        Duration.ofSeconds(number(WAIT, preference, 0)),
        // While it waited, the node may have been revoked, or somebody else have become it.
        () -> agents.requireStill(request));
  }

  private static Optional<Manifest> after(Manifests.Watch watch) {
    try {
      return watch.next();
    } catch (Refusal | DataAccessException | TransactionException e) {
      LOG.debug("An answer to a node ends early: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static void send(HttpServletResponse response, Manifest manifest) throws IOException {
    OutputStream body = response.getOutputStream();
    body.write((SpecJson.write(manifest) + '\n').getBytes(StandardCharsets.UTF_8));
    body.flush();
  }

  @PostMapping(AgentApi.SPECS)
  ResponseEntity<String> specs(@AuthenticationPrincipal Node node, @RequestBody String body) {
    SpecRequest request = read(body, SpecRequest.class);
    if (request.digests().size() > SpecRequest.LIMIT) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST,
          "At most " + SpecRequest.LIMIT + " specs can be asked for at once.");
    }
    return json(new SpecAnswer(specs.documents(node.clusterId(), request.digests())));
  }

  @PostMapping(AgentApi.BUNDLES)
  ResponseEntity<String> bundles(@AuthenticationPrincipal Node node, @RequestBody String body) {
    BundleRequest request = read(body, BundleRequest.class);
    if (request.digests().size() > BundleRequest.LIMIT) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST,
          "At most " + BundleRequest.LIMIT + " bundles can be asked for at once.");
    }
    return json(new BundleAnswer(certificates.bundles(node.clusterId(), request.digests())));
  }

  @PostMapping(AgentApi.REPORTS)
  ResponseEntity<String> report(@AuthenticationPrincipal Node node, HttpServletRequest request)
      throws IOException {
    boolean large =
        request.getContentLengthLong() < 0 || request.getContentLengthLong() > LARGE_BYTES;
    if (large) largeReports.acquireUninterruptibly();
    try {
      String body = StreamUtils.copyToString(request.getInputStream(), StandardCharsets.UTF_8);
      return json(reports.take(node, read(body, NodeReport.class)));
    } finally {
      if (large) largeReports.release();
    }
  }

  private static <T> T read(String body, Class<T> type) {
    try {
      return SpecJson.read(body, type);
    } catch (JacksonException e) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST,
          "This is no " + type.getSimpleName() + ": " + e.getOriginalMessage());
    }
  }

  private static ResponseEntity<String> json(Object answer) {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(SpecJson.write(answer));
  }

  private static long number(Pattern pattern, @Nullable String text, long otherwise) {
    if (text == null) return otherwise;
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : otherwise;
  }
}
