package dev.poise.agent.render;

import dev.poise.agent.render.CertificateFile.Kind;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.ListenerId;
import dev.poise.spec.Tls;
import java.util.List;

/**
 * Writes how a listener speaks TLS.
 *
 * <p>A client names a domain twice: in the handshake (SNI), which decides the certificate and
 * whether one is asked of the client, and in each request (Host), which decides where it goes. If
 * any certificate of the listener asks for client authentication the two must agree. Else a client
 * could shake hands for an open domain and then ask for a protected one. A request that names
 * another domain than its handshake is answered 421, and so is one for a listed domain after a
 * handshake that named none.
 *
 * <p>A resumed session skips the question for a certificate: HAProxy takes one that was begun for
 * another domain or listener, or under authorities that were replaced since. So a process that asks
 * any client for a certificate resumes no sessions at all; each costs a full handshake.
 */
final class TlsText {
  private static final String CIPHERS =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
          + ":ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
          + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

  /**
   * What the default certificate is listed for. Without a name HAProxy would list it for those in
   * the certificate. With the filter {@code !*}, which is none at all, it would forget client
   * authentication and versions when the certificate is replaced while it runs.
   */
  private static final String NO_DOMAIN = "default.invalid";

  private TlsText() {}

  /** What all TLS listeners of a process share. */
  static void global(ConfigText text, List<Tls> all) {
    boolean resumes = all.stream().noneMatch(TlsText::asksClients);
    text.line("tune.ssl.cachesize " + (resumes ? 2000 : 0));
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
    list.append(entry(files, listener, 0, tls.defaultCertificate()));
    list.append(' ').append(NO_DOMAIN).append('\n');
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
    text.line(Frontends.SET_HOST);
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
