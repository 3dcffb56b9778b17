package dev.poise.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the person reads once everything runs: where it is and what to try. */
final class Guide {
  private final Screen screen;
  private final Places places;
  private final ServerProcess server;

  Guide(Screen screen, Places places, ServerProcess server) {
    this.screen = screen;
    this.places = places;
    this.server = server;
  }

  void print(Duration startup, Optional<Demo> demo) {
    String key = server.administratorKey();
    screen.line("\nPoise is ready after " + Screen.seconds(startup) + " s\n");
    screen.entry("API", server.url() + "/api/v1");
    screen.entry("admin key", key);
    screen.entry("key file", server.administratorKeyFile().toString());
    screen.entry("logs", places.logs().toString());
    demo.ifPresent(some -> addresses(some));
    server.setUpFile().ifPresent(this::password);
    demo.ifPresent(some -> examples(some, key));
    screen.line("\nCtrl-C, or ./poise down, stops everything.");
  }

  private void password(Path token) {
    screen.line("\nSet the password of the user admin, once, to sign in with a browser:\n");
    screen.line(
        "  curl -s %s/api/v1/set-up -H 'Content-Type: application/json' -d '{\"token\":\"'$(cat %s)'\",\"password\":\"...\"}'"
            .formatted(server.url(), token));
  }

  private void addresses(Demo demo) {
    screen.entry("demo", demo.httpUrl() + " (HTTP), " + demo.tcpUrl() + " (TCP)");
  }

  private void examples(Demo demo, String key) {
    String authorization = "-H 'Authorization: Bearer " + key + "'";
    String api = server.url() + "/api/v1";
    screen.line("\nSee it balance:\n");
    screen.line("  " + balance(demo, 9));
    screen.line("\nSee it through the API:\n");
    screen.line("  curl -s " + authorization + " " + api + "/load-balancers");
    screen.line("\nGive green eight times the weight of the others and see it:\n");
    // Without the preference the answer comes at once, and the first requests find the old weight.
    String patch =
        "curl -s -o /dev/null -X PATCH %s -H 'Content-Type: application/json' -H 'Prefer: wait=10'"
            .formatted(authorization);
    screen.line(
        "  %s -d '{\"weight\":8}' %s/members/%s; %s"
            .formatted(patch, api, demo.green(), balance(demo, 20)));
  }

  /** Sends requests and counts who answered. */
  private static String balance(Demo demo, int requests) {
    return "curl -s '%s/?[1-%d]' | grep hello | sort | uniq -c".formatted(demo.httpUrl(), requests);
  }
}
