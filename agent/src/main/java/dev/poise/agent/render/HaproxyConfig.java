package dev.poise.agent.render;

import dev.poise.agent.render.NodeSettings.Privileges;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.RuleSpec;
import dev.poise.spec.Tls;
import java.util.List;

/**
 * Writes the configuration of one load balancer's HAProxy process. UDP listeners have no part in
 * it, see {@link UdpRules}.
 *
 * <p>Every section is named by ids: a listener is the frontend {@code lsn_…}; the pool it sends to
 * is the backend {@code lsn_…:pool_…}, one for each listener, because time-outs and mode are the
 * listener's; what a content rule does is the backend {@code lsn_…:rule_…}; a member is the server
 * {@code mbr_…}. The generation and the digest stand in the process as variables, so that it can be
 * asked what it serves, and can be told when a change needed no new process.
 *
 * <p>Two specs whose {@linkplain #shape shapes} are equal differ only in weights, in members being
 * drained or disabled, in the domains and paths of rules, in the ranges of clients that get in, in
 * server certificates, or in nothing a process would notice: a running process can be brought from
 * one to the other over its socket.
 */
public final class HaproxyConfig {
  /** The variable of a process that holds the generation it serves. */
  public static final String GENERATION_VARIABLE = "proc.generation";

  /** The variable of a process that holds the digest of the spec it serves. */
  public static final String DIGEST_VARIABLE = "proc.digest";

  private final ConfigText text = new ConfigText();
  private final RenderedFiles files = new RenderedFiles();
  private final StringBuilder checkHosts = new StringBuilder();
  private final LoadBalancerSpec spec;
  private final NodeSettings settings;

  private HaproxyConfig(LoadBalancerSpec spec, NodeSettings settings) {
    this.spec = spec;
    this.settings = settings;
  }

  /**
   * Renders a spec.
   *
   * @throws Unrenderable if it contradicts itself or holds text that does not belong in a file
   */
  public static Rendered render(DigestedSpec desired, NodeSettings settings) throws Unrenderable {
    HaproxyConfig config = new HaproxyConfig(desired.spec(), settings);
    config.global(desired);
    config.defaults();
    for (ListenerSpec listener : desired.spec().listeners()) {
      if (!(listener.protocol() instanceof Protocol.Udp)) config.listener(listener);
    }
    config.files.file(Rendered.CHECK_HOSTS_FILE, config.checkHosts.toString());
    return config.files.with(config.text.toString());
  }

  /**
   * What is left of the configuration when everything is taken out that may change in a process.
   */
  public static String shape(LoadBalancerSpec spec, NodeSettings settings) throws Unrenderable {
    List<PoolSpec> pools = spec.pools().stream().map(HaproxyConfig::evenPool).toList();
    LoadBalancerSpec even =
        new LoadBalancerSpec(
            spec.id(), 0, spec.home(), spec.vips(), spec.pingSources(), spec.listeners(), pools);
    Rendered rendered = render(new DigestedSpec(even, "none"), settings);
    List<CertificateFile> authorities =
        rendered.certificates().stream()
            .filter(file -> file.kind() == CertificateFile.Kind.CLIENT_AUTHORITY)
            .toList();
    return rendered.config() + rendered.files() + authorities;
  }

  private static PoolSpec evenPool(PoolSpec pool) {
    List<MemberSpec> members = pool.members().stream().map(HaproxyConfig::evenMember).toList();
    return new PoolSpec(
        pool.id(), pool.algorithm(), pool.persistence(), pool.healthCheck(), members);
  }

  private static MemberSpec evenMember(MemberSpec member) {
    return new MemberSpec(
        member.id(), member.number(), member.address(), member.port(), 1, MemberMode.ENABLED);
  }

  private void global(DigestedSpec desired) throws Unrenderable {
    text.section("global");
    text.line("description " + spec.id());
    text.line("maxconn " + settings.maxConnections());
    text.line("nbthread " + settings.threads());
    // Without it two processes could share a port silently: one tenant would get another's traffic.
    text.line("noreuseport");
    switch (settings.privileges()) {
      case Privileges.Kept() -> {}
      case Privileges.Dropped(String user, String group) -> {
        text.line("user " + HaproxyText.word(user));
        text.line("group " + HaproxyText.word(group));
        text.line("chroot " + HaproxyText.file(settings.emptyDirectory().toString()));
      }
    }
    String socket = HaproxyText.file(settings.socketOf(spec.id()).toString());
    text.line("stats socket " + socket + " mode 600 level admin expose-fd listeners");
    text.line("stats timeout 1h");
    text.line("hard-stop-after " + settings.hardStopSeconds() + "s");
    text.line("default-path config");
    text.line(
        "server-state-file " + HaproxyText.file(settings.serverStateFileOf(spec.id()).toString()));
    text.line("max-spread-checks 250ms");
    text.line("tune.http.maxhdr 64");
    List<Tls> tls = tls();
    if (!tls.isEmpty()) TlsText.global(text, tls);
    text.line("set-var " + GENERATION_VARIABLE + " int(" + spec.generation() + ")");
    text.line("set-var " + DIGEST_VARIABLE + " str(" + HaproxyText.word(desired.digest()) + ")");
  }

  private List<Tls> tls() {
    return spec.listeners().stream()
        .map(ListenerSpec::protocol)
        .filter(Protocol.Https.class::isInstance)
        .map(protocol -> ((Protocol.Https) protocol).tls())
        .toList();
  }

  private void defaults() {
    text.section("defaults tcp");
    text.line("mode tcp");
    commonDefaults();
    text.section("defaults http");
    text.line("mode http");
    commonDefaults();
    text.line("option idle-close-on-response");
    text.line("option disable-h2-upgrade");
  }

  private void commonDefaults() {
    text.line("load-server-state-from-file global");
    text.line("option contstats");
    text.line("option dontlognull");
    text.line("option redispatch 1");
    text.line("retries 3");
  }

  private void listener(ListenerSpec listener) throws Unrenderable {
    Rules rules = new Rules(listener);
    PoolSpec defaultPool = pool(listener, listener.defaultPool());
    new Frontends(text, files, listener, settings)
        .write(spec.vips(), Homes.atEdge(spec), backendOf(listener, defaultPool));
    backend(listener, defaultPool);
    for (PoolId pool : rules.pools()) backend(listener, pool(listener, pool));
    rules.backends(text, files, defaultPool);
  }

  private static String backendOf(ListenerSpec listener, PoolSpec pool) {
    return listener.id() + ":" + pool.id();
  }

  private void backend(ListenerSpec listener, PoolSpec pool) throws Unrenderable {
    String backend = backendOf(listener, pool);
    Backends.write(text, backend, listener, pool);
    ServerWeights weights = ServerWeights.of(pool);
    for (MemberSpec member : pool.members()) {
      ServerLine server = new ServerLine(backend, backend, pool.id(), member, weights.of(member));
      text.line(Backends.server(server, listener.protocol(), pool.healthCheck()));
      files.server(server);
      String host = member.id() + " " + member.address() + ":" + member.port() + "\n";
      if (checkHosts.indexOf(host) < 0) checkHosts.append(host);
    }
  }

  private PoolSpec pool(ListenerSpec listener, PoolId wanted) throws Unrenderable {
    for (PoolSpec pool : spec.pools()) {
      if (pool.id().equals(wanted)) return pool;
    }
    throw new Unrenderable(
        "listener " + listener.id() + " sends to " + wanted + ", which the spec does not describe");
  }

  /** The named defaults a listener's sections start from. */
  static String defaultsOf(Protocol protocol) throws Unrenderable {
    return switch (protocol) {
      case Protocol.Tcp tcp -> "tcp";
      case Protocol.Udp udp -> throw new Unrenderable("HAProxy does not speak UDP");
      case Protocol.Http http -> "http";
      case Protocol.Https https -> "http";
    };
  }

  /** The content rules of a listener. */
  static List<RuleSpec> rulesOf(Protocol protocol) {
    return switch (protocol) {
      case Protocol.Tcp tcp -> List.of();
      case Protocol.Udp udp -> List.of();
      case Protocol.Http http -> http.options().rules();
      case Protocol.Https https -> https.options().rules();
    };
  }
}
