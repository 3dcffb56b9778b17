package dev.poise.agent.render;

import java.util.List;
import java.util.Locale;

/**
 * Writes the rules against requests that a member could understand differently than HAProxy does,
 * and against headers that a member could take for ours.
 *
 * <p>Nearly no request needs them. So one rule asks all questions, which costs less than a rule for
 * each, and lets pass those that need no other.
 */
final class Hardening {
  private static final String KNOWN_METHOD = "{ method GET HEAD POST PUT PATCH DELETE OPTIONS }";
  private static final String HAS_HOST = "{ req.fhdr(host,1) -m found }";
  private static final String SHORT_URL = "{ url_len le 8192 }";

  /** A name that a member might read as another one: CGI makes the same of "_" and "-". */
  private static final String ODD_CHARACTER = "[^a-z0-9-]";

  private Hardening() {}

  /** Refuses requests that nobody should answer. */
  static void refuse(ConfigText text) {
    text.line("http-request deny deny_status 405 if !" + KNOWN_METHOD);
    // Over HTTP/2 too, which becomes HTTP/1.1 on its way to a member.
    text.line("http-request deny deny_status 400 if !" + HAS_HOST + " !{ req.ver 1.0 }");
    text.line("http-request deny deny_status 400 if { req.hdrs -m reg \\\\x00 }");
    text.line("http-request return status 414 if !" + SHORT_URL);
  }

  /**
   * Refuses requests, and takes away what no member shall see. Most requests are let pass by the
   * first of these rules, nearly all others once headers are gone that a proxy before us added:
   * what stands behind must concern no others.
   *
   * @param notFromClients names of headers, in any case
   */
  static void towardsMembers(ConfigText text, List<String> notFromClients) {
    String names = String.join("|", notFromClients).toLowerCase(Locale.ROOT);
    String allowUnsuspicious =
        "http-request allow if "
            + (KNOWN_METHOD + " " + HAS_HOST + " " + SHORT_URL)
            + (" !{ req.hdrs -m reg " + suspicious(names) + " }");
    text.line(allowUnsuspicious);
    text.line("http-request del-header ^(" + names + ")$|" + ODD_CHARACTER + " -m reg");
    text.line(allowUnsuspicious);
    refuse(text);
    // "Connection: X-Forwarded-For" would make the member's side drop that header.
    text.line(
        "http-request deny deny_status 400 if { req.hdr(connection),lower -m reg"
            + " (^|[,\\ ])(host|cookie|authorization|x-[a-z0-9-]*|forwarded|content-[a-z]*)"
            + "([,\\ ]|$) }");
    text.line("http-request del-header HTTP2-Settings");
    text.line("http-request del-header Upgrade if { req.hdr(upgrade),lower -m sub h2c }");
  }

  /**
   * Finds, in the text of all headers, a NUL, and at the start of a line a wish about the
   * connection other than to keep or close it, one of the names, or an odd name. HAProxy writes
   * names in lower case, and a colon and a space behind them. Nothing here goes back in what was
   * read: a match that is given up counts as none, and would let the request pass.
   */
  private static String suspicious(String names) {
    String wishes = "connection:\\ (?!(?i:keep-alive|close)\\\\r)";
    String ours = "(?:" + names + "):";
    String odd = "[a-z0-9-]*+[^a-z0-9:\\\\r-]";
    return "\\\\x00|(?:^|\\\\n)(?:" + wishes + "|" + ours + "|" + odd + ")";
  }
}
