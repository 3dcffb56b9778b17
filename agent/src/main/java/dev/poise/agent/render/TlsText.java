package dev.poise.agent.render;

import dev.poise.agent.render.CertificateFile.Kind;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.ListenerId;
import dev.poise.spec.Tls;

/**
 * Writes how a listener speaks TLS.
 *
 * <p>A client names a domain twice: in the handshake (SNI), which decides the certificate and
 * whether one is asked of the client, and in each request (Host), which decides where it goes. If
 * any certificate of the listener asks for client authentication the two must agree. Else a client
 * could shake hands for an open domain and then ask for a protected one. A request that names
 * another domain than its handshake is answered 421, and so is one for a listed domain after a
 * handshake that named none.
 */
final class TlsText {
  private static final String CIPHERS =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
          + ":ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
          + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

  private TlsText() {}

  /** What all TLS listeners of a process share. */
  static void global(ConfigText text) {
    text.line("tune.ssl.cachesize 2000");
    text.line("ssl-default-bind-options no-tls-tickets");
    text.line("ssl-default-bind-ciphers " + CIPHERS);
  }

  /** What follows the address on a bind line. */
  static String bind(ListenerId listener, Tls tls) {
    String versions =
        switch (tls.policy()) {
          case TLS_1_2_ONLY -> "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2";
          case TLS_1_2_AND_1_3 -> "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3";
          case TLS_1_3_ONLY -> "ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.3";
        };
    return " ssl crt-list " + listFile(listener) + " " + versions + " alpn h2,http/1.1";
  }

  private static String listFile(ListenerId listener) {
    return listener + ".crt-list";
  }

  /** The list of certificates and the files in it. */
  static void certificates(RenderedFiles files, ListenerId listener, Tls tls) {
    StringBuilder list = new StringBuilder();
    // "!*" keeps the names in the certificate from being listed: it is for what nothing else is.
    list.append(entry(files, listener, 0, tls.defaultCertificate())).append(" !*\n");
    int number = 1;
    for (Tls.Domain domain : tls.domains()) {
      list.append(entry(files, listener, number++, domain.certificate()));
      list.append(' ').append(domain.name()).append('\n');
    }
    files.file(listFile(listener), list.toString());
  }

  private static String entry(
      RenderedFiles files, ListenerId listener, int number, Tls.Certificate certificate) {
    String name = "certs/" + listener + "-" + number;
    String file = files.certificate(name + ".pem", Kind.SERVER, certificate.bundle());
    return switch (certificate.clientAuthentication()) {
      case ClientAuthentication.None() -> file;
      case ClientAuthentication.Required(var authority) ->
          file
              + " [verify required ca-file "
              + files.certificate(name + ".ca.pem", Kind.CLIENT_AUTHORITY, authority)
              + "]";
    };
  }

  /** Sends clients away whose request names another domain than their handshake. */
  static void guard(ConfigText text, RenderedFiles files, ListenerId listener, Tls tls) {
    if (!asksClients(tls)) return;
    String misdirected = "http-request deny deny_status 421 if ";
    text.line(misdirected + "{ ssl_fc_has_sni } !{ ssl_fc_sni,lower,strcmp(req.host) eq 0 }");
    StringBuilder names = new StringBuilder();
    StringBuilder parents = new StringBuilder();
    for (Tls.Domain domain : tls.domains()) {
      String name = domain.name().text();
      if (domain.name().isWildcard()) parents.append(name.substring(2)).append('\n');
      else names.append(name).append('\n');
    }
    String listed = files.file(listener + "-tls-domains", names.toString());
    String above = files.file(listener + "-tls-wildcards", parents.toString());
    text.line(misdirected + "!{ ssl_fc_has_sni } { var(req.host) -m str -f " + listed + " }");
    text.line(
        misdirected + "!{ ssl_fc_has_sni } { var(req.host),field(2,.,0) -m str -f " + above + " }");
  }

  private static boolean asksClients(Tls tls) {
    return asks(tls.defaultCertificate())
        || tls.domains().stream().anyMatch(domain -> asks(domain.certificate()));
  }

  private static boolean asks(Tls.Certificate certificate) {
    return switch (certificate.clientAuthentication()) {
      case ClientAuthentication.None() -> false;
      case ClientAuthentication.Required required -> true;
    };
  }
}
