package dev.poise.agent.observe;

import dev.poise.agent.engine.Statistics;
import dev.poise.spec.HealthCheck;
import java.util.Locale;

/** Says in words how a check ended. */
final class CheckWords {
  private static final int CONNECT_SECONDS = 5;

  private CheckWords() {}

  static String of(Statistics.Server server, HealthCheck check) {
    int patience = check.timing().timeoutSeconds();
    return switch (server.check()) {
      case "L4OK", "L6OK" -> "connection accepted";
      case "L7OK", "L7OKC" -> "HTTP " + server.checkCode();
      case "L7STS" -> "HTTP " + server.checkCode() + expectation(check);
      case "L4TOUT" -> "no connection within " + connectPatience(check) + " s";
      case "L6TOUT", "L7TOUT" -> "no answer within " + patience + " s";
      case "L7RSP", "L6RSP" -> "the answer is not HTTP";
      case "INI", "" -> "not checked yet";
      default -> words(server);
    };
  }

  /** HAProxy gives a check's connection this long, whatever the check's own timeout. */
  private static int connectPatience(HealthCheck check) {
    return Math.min(CONNECT_SECONDS, check.timing().intervalSeconds());
  }

  private static String expectation(HealthCheck check) {
    return switch (check) {
      case HealthCheck.Http http -> ", expected " + http.expectedCodes();
      case HealthCheck.Port port -> "";
      case HealthCheck.Udp udp -> "";
    };
  }

  private static String words(Statistics.Server server) {
    String words = server.checkWords().isBlank() ? server.check() : server.checkWords();
    return words.strip().toLowerCase(Locale.ROOT);
  }
}
