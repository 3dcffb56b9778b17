package dev.poise.agent.render;

import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.Protocol;
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

  /**
   * Refuses clients that are not let in, without an answer. A request is asked again: its client
   * may have been shut out since it connected.
   */
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
        ClientHeaders headers = new ClientHeaders(options.requestHeaders());
        headers.remember(text);
        admission("http-request");
        towardsMembers(headers);
      }
      case HttpsRedirect.ToPort(int port) -> {
        admission("http-request");
        Hardening.refuse(text);
        toHttps(port);
      }
    }
  }

  private void https(HttpOptions options, Tls tls) throws Unrenderable {
    timeouts(options);
    ClientHeaders headers = new ClientHeaders(options.requestHeaders());
    headers.remember(text);
    admission("http-request");
    TlsText.guard(text, files, listener.id(), tls);
    towardsMembers(headers);
  }

  private void towardsMembers(ClientHeaders headers) throws Unrenderable {
    Rules rules = new Rules(listener);
    rules.lookUp(text, files);
    Hardening.towardsMembers(text, headers.notFromClients());
    rules.choose(text);
  }

  private void timeouts(HttpOptions options) {
    int idle = options.idleTimeoutSeconds();
    text.line("timeout client " + idle + "s");
    text.line("timeout http-keep-alive " + idle + "s");
    text.line("timeout http-request " + Math.min(idle, LONGEST_REQUEST_HEADERS_SECONDS) + "s");
  }

  private void toHttps(int port) {
    String suffix = port == HTTPS_PORT ? "" : ":" + port;
    text.line(SET_HOST);
    text.line("http-request set-var(req.host) dst if !{ var(req.host) -m len gt 0 }");
    text.line(
        "http-request redirect location 'https://%[var(req.host)]" + suffix + "%[pathq]' code 301");
  }
}
