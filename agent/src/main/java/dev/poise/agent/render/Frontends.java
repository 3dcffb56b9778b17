package dev.poise.agent.render;

import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.RequestHeaders;
import java.util.List;

/** Writes what a listener accepts and what it does to it before a member is chosen. */
final class Frontends {
  private static final int LONGEST_REQUEST_HEADERS_SECONDS = 10;

  private Frontends() {}

  static void write(ConfigText text, ListenerSpec listener, List<IpAddress> vips, String backend) {
    String defaults = HaproxyConfig.defaultsOf(listener.protocol());
    text.section("frontend " + listener.id() + " from " + defaults);
    for (IpAddress vip : vips) text.line("bind " + vip + ":" + listener.port());
    switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited() -> {}
      case ConnectionLimit.AtMost(int connections) ->
          text.line("tcp-request connection reject if { fe_conn gt " + connections + " }");
    }
    switch (listener.protocol()) {
      case Protocol.Tcp tcp -> text.line("timeout client " + tcp.idleTimeoutSeconds() + "s");
      case Protocol.Http http -> http(text, http);
    }
    text.line("default_backend " + backend);
  }

  private static void http(ConfigText text, Protocol.Http http) {
    int idle = http.idleTimeoutSeconds();
    text.line("timeout client " + idle + "s");
    text.line("timeout http-keep-alive " + idle + "s");
    text.line("timeout http-request " + Math.min(idle, LONGEST_REQUEST_HEADERS_SECONDS) + "s");
    hardening(text);
    headers(text, http.requestHeaders());
  }

  /** Requests that HAProxy would pass on although a member may understand them differently. */
  private static void hardening(ConfigText text) {
    text.line(
        "http-request deny deny_status 405"
            + " if !{ method GET HEAD POST PUT PATCH DELETE OPTIONS }");
    text.line("http-request deny deny_status 400 if { req.hdr_cnt(host) eq 0 } { req.ver 1.1 }");
    text.line("http-request deny deny_status 400 if { req.hdrs -m reg \\\\x00 }");
    // "Connection: X-Forwarded-For" would make the member's side drop that header.
    text.line(
        "http-request deny deny_status 400 if { req.hdr(connection),lower -m reg"
            + " (^|[,\\ ])(host|cookie|authorization|x-[a-z0-9-]*|forwarded|content-[a-z]*)"
            + "([,\\ ]|$) }");
    text.line("http-request return status 414 if { url_len gt 8192 }");
    text.line("http-request del-header HTTP2-Settings");
    text.line("http-request del-header Upgrade if { req.hdr(upgrade),lower -m sub h2c }");
  }

  private static void headers(ConfigText text, RequestHeaders headers) {
    String forwardedFor = "X-Forwarded-For";
    switch (headers.forwardedFor()) {
      case REPLACE -> text.line("http-request set-header " + forwardedFor + " %[src]");
      case APPEND -> text.line("http-request add-header " + forwardedFor + " %[src]");
      case OFF -> text.line("http-request del-header " + forwardedFor);
    }
    header(text, "X-Real-IP", headers.realIp(), "%[src]");
    header(text, "X-Forwarded-Proto", headers.forwardedProto(), "http");
    header(text, "X-Forwarded-Port", headers.forwardedPort(), "%[dst_port]");
  }

  private static void header(ConfigText text, String name, boolean wanted, String value) {
    text.line(
        wanted
            ? "http-request set-header " + name + " " + value
            : "http-request del-header " + name);
  }
}
