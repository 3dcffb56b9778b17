package dev.poise.agent.render;

import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.RequestHeaders;
import dev.poise.spec.RequestHeaders.ForwardedFor;
import dev.poise.spec.Sources;
import dev.poise.spec.Tls;
import java.util.List;

/** Writes what a listener accepts and what it does to it before a member is chosen. */
final class Frontends {
  private static final int LONGEST_REQUEST_HEADERS_SECONDS = 10;
  private static final int HTTPS_PORT = 443;

  /**
   * The domain a client asks for, in lower case and without its port. The whole header: one that
   * holds a comma is no list but a wrong name.
   */
  static final String SET_HOST = "http-request set-var(req.host) 'req.fhdr(host),field(1,:),lower'";

  private static final String CLIENT = "%[var(sess.client)]";

  private static final String KNOWN_METHOD = "{ method GET HEAD POST PUT PATCH DELETE OPTIONS }";
  private static final String HAS_HOST = "{ req.fhdr(host,1) -m found }";
  private static final String SHORT_URL = "{ url_len le 8192 }";
  private static final String HAS_NUL = "{ req.hdrs -m reg \\\\x00 }";
  private static final String WANTS_MORE_OF_CONNECTION =
      "{ req.fhdr(connection) -m reg -i ^(?!(keep-alive|close)$) }";

  private final ConfigText text;
  private final RenderedFiles files;
  private final ListenerSpec listener;
  private final int mostConnections;
  private final String edgeNamespace;

  Frontends(ConfigText text, RenderedFiles files, ListenerSpec listener, NodeSettings settings) {
    this.text = text;
    this.files = files;
    this.listener = listener;
    this.mostConnections = settings.highestLimit();
    this.edgeNamespace = settings.edgeNamespace();
  }

  /**
   * Writes it.
   *
   * @param atEdge those of the addresses that are not in the network the process is in
   */
  void write(List<IpAddress> vips, List<IpAddress> atEdge, String backend) throws Unrenderable {
    String defaults = HaproxyConfig.defaultsOf(listener.protocol());
    text.section("frontend " + listener.id() + " from " + defaults);
    String bindOptions = bindOptions();
    for (IpAddress vip : vips) {
      String place = atEdge.contains(vip) ? " namespace " + edgeNamespace : "";
      text.line("bind " + vip + ":" + listener.port() + place + bindOptions);
    }
    // Before the limit is counted and before a byte is read, of a TLS handshake too.
    admission("tcp-request connection");
    switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited() -> {}
      case ConnectionLimit.AtMost(int connections) ->
          text.line(
              "tcp-request connection reject if { fe_conn gt "
                  + Math.min(connections, mostConnections)
                  + " }");
    }
    switch (listener.protocol()) {
      case Protocol.Tcp tcp -> text.line("timeout client " + tcp.idleTimeoutSeconds() + "s");
      case Protocol.Udp udp -> throw new Unrenderable("HAProxy does not speak UDP");
      case Protocol.Http(HttpOptions options, HttpsRedirect redirect) -> http(options, redirect);
      case Protocol.Https(HttpOptions options, Tls tls) -> https(options, tls);
    }
    text.line("default_backend " + backend);
  }

  /** Refuses clients that are not let in, without an answer. */
  private void admission(String rules) {
    switch (listener.sources()) {
      case Sources.Anyone() -> {}
      case Sources.Only(var ranges) -> {
        ClientTable table = new ClientTable(listener.id(), ranges);
        String file = files.map(table.file(), table.map());
        text.line(rules + " reject unless { src,map_ip(" + file + ") -m found }");
      }
    }
  }

  private String bindOptions() {
    return switch (listener.protocol()) {
      case Protocol.Tcp tcp -> "";
      case Protocol.Udp udp -> "";
      case Protocol.Http http -> "";
      case Protocol.Https(HttpOptions options, Tls tls) -> {
        TlsText.certificates(files, listener.id(), tls);
        yield TlsText.bind(listener.id(), tls);
      }
    };
  }

  private void http(HttpOptions options, HttpsRedirect redirect) throws Unrenderable {
    timeouts(options);
    switch (redirect) {
      case HttpsRedirect.Off() -> {
        rememberClient(options.requestHeaders());
        start();
        headers(options.requestHeaders(), "http");
        towardsMembers(false);
      }
      case HttpsRedirect.ToPort(int port) -> {
        start();
        refusals(false);
        toHttps(port);
      }
    }
  }

  private void https(HttpOptions options, Tls tls) throws Unrenderable {
    timeouts(options);
    rememberClient(options.requestHeaders());
    start();
    TlsText.guard(text, files, listener.id(), tls);
    headers(options.requestHeaders(), "https");
    towardsMembers(true);
  }

  /** Who may ask at all, and which headers nobody shall read. */
  private void start() {
    // Here and not in the defaults: a backend would look at all headers again.
    text.line("option http-restrict-req-hdr-names delete");
    // A client may have been shut out since it connected.
    admission("http-request");
  }

  /** Which member a request is for, and whether it may have it. */
  private void towardsMembers(boolean http2) throws Unrenderable {
    Rules rules = new Rules(listener);
    rules.lookUp(text, files);
    allowUnsuspicious(http2);
    refusals(http2);
    connectionOptions();
    rules.choose(text);
  }

  private void timeouts(HttpOptions options) {
    int idle = options.idleTimeoutSeconds();
    text.line("timeout client " + idle + "s");
    text.line("timeout http-keep-alive " + idle + "s");
    text.line("timeout http-request " + Math.min(idle, LONGEST_REQUEST_HEADERS_SECONDS) + "s");
  }

  /**
   * Lets pass what neither {@link #refusals} nor {@link #connectionOptions} have anything to say
   * about, which is nearly every request: a question costs less in a rule with others than in one
   * of its own. For these it is the last rule, so others must stand before it or concern only what
   * is suspicious.
   */
  private void allowUnsuspicious(boolean http2) {
    String wellFormed = KNOWN_METHOD + " " + HAS_HOST + " " + SHORT_URL;
    // Over HTTP/2, HAProxy itself takes no NUL and no header about the connection.
    if (http2) text.line("http-request allow if !{ fc_http_major 1 } " + wellFormed);
    String wantsNothing = " !" + WANTS_MORE_OF_CONNECTION + " !" + HAS_NUL;
    text.line("http-request allow if " + wellFormed + wantsNothing);
  }

  /** Requests that HAProxy would pass on although a member may understand them differently. */
  private void refusals(boolean http2) {
    text.line("http-request deny deny_status 405 if !" + KNOWN_METHOD);
    // Over HTTP/2 too, which becomes HTTP/1.1 on its way to a member.
    text.line("http-request deny deny_status 400 if !" + HAS_HOST + " !{ req.ver 1.0 }");
    String overHttp1 = http2 ? "{ fc_http_major 1 } " : "";
    text.line("http-request deny deny_status 400 if " + overHttp1 + HAS_NUL);
    text.line("http-request return status 414 if !" + SHORT_URL);
  }

  /** What a request wants of the connection, and must not bring to a member. */
  private void connectionOptions() {
    // "Connection: X-Forwarded-For" would make the member's side drop that header.
    text.line(
        "http-request deny deny_status 400 if { req.hdr(connection),lower -m reg"
            + " (^|[,\\ ])(host|cookie|authorization|x-[a-z0-9-]*|forwarded|content-[a-z]*)"
            + "([,\\ ]|$) }");
    text.line("http-request del-header HTTP2-Settings");
    text.line("http-request del-header Upgrade if { req.hdr(upgrade),lower -m sub h2c }");
  }

  private void toHttps(int port) {
    String suffix = port == HTTPS_PORT ? "" : ":" + port;
    text.line(SET_HOST);
    text.line("http-request set-var(req.host) dst if !{ var(req.host) -m len gt 0 }");
    text.line(
        "http-request redirect location 'https://%[var(req.host)]" + suffix + "%[pathq]' code 301");
  }

  /** Writes the client's address once for a connection: as text it costs more than a header. */
  private void rememberClient(RequestHeaders headers) {
    if (headers.forwardedFor() == ForwardedFor.OFF && !headers.realIp()) return;
    text.line("tcp-request connection set-var-fmt(sess.client) %[src]");
  }

  private void headers(RequestHeaders headers, String scheme) {
    switch (headers.forwardedFor()) {
      case APPEND -> text.line("http-request add-header X-Forwarded-For " + CLIENT);
      case REPLACE -> header("X-Forwarded-For", true, CLIENT);
      case OFF -> header("X-Forwarded-For", false, "");
    }
    header("X-Real-IP", headers.realIp(), CLIENT);
    header("X-Forwarded-Proto", headers.forwardedProto(), scheme);
    header("X-Forwarded-Port", headers.forwardedPort(), "" + listener.port());
  }

  private void header(String name, boolean wanted, String value) {
    text.line(
        wanted
            ? "http-request set-header " + name + " " + value
            : "http-request del-header " + name);
  }
}
