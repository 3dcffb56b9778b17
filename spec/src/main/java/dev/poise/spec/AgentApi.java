package dev.poise.spec;

/**
 * The calls an agent makes. All but the first carry {@code Authorization: Bearer <node key>}.
 *
 * <p>{@code POST} {@value #JOIN} takes a {@link JoinRequest} and answers a {@link JoinAnswer}.
 *
 * <p>{@code GET} {@value #MANIFEST} is a long poll: with {@code If-None-Match: "<revision>"} and
 * {@code Prefer: wait=50} it answers 200 with a {@link Manifest} as soon as the cluster's revision
 * differs, else 304 when the time is over. To {@code Accept: application/x-ndjson} that answer goes
 * on until the time is over, with a line for this manifest and each that follows. {@code POST}
 * {@value #SPECS} turns a {@link SpecRequest} into a {@link SpecAnswer}, {@code POST} {@value
 * #BUNDLES} a {@link BundleRequest} into a {@link BundleAnswer}. {@code POST} {@value #REPORTS}
 * takes a {@link NodeReport} and answers a {@link ReportAnswer}.
 */
public final class AgentApi {
  public static final String JOIN = "/agent/v1/join";
  public static final String MANIFEST = "/agent/v1/manifest";
  public static final String SPECS = "/agent/v1/specs:fetch";
  public static final String BUNDLES = "/agent/v1/bundles:fetch";
  public static final String REPORTS = "/agent/v1/reports";

  /** JSON documents, each of them a line. */
  public static final String LINES = "application/x-ndjson";

  private AgentApi() {}
}
