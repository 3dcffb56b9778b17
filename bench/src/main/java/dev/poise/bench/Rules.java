package dev.poise.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A thousand content rules of every kind, which all lead to one pool, and for each of them a
 * request that it decides: as Poise takes them, as maps of an HAProxy that somebody configures by
 * hand, and as a list for the client.
 */
final class Rules {
  static final String POOL = "others";

  private static final int OF_DOMAIN_AND_PATH = 600;
  private static final int OF_DOMAIN = 200;
  private static final int OF_WILDCARD = 100;
  private static final int OF_PATH = 100;

  private final List<Rule> all = new ArrayList<>();

  Rules() {
    for (int i = 0; i < OF_DOMAIN_AND_PATH; i++) {
      String domain = "shop-" + i / 6 + ".bench.test";
      String path = "/part-" + i % 6;
      all.add(new Rule(domain, path, domain, path + "/item/17?x=1"));
    }
    for (int i = 0; i < OF_DOMAIN; i++) {
      String domain = "site-" + i + ".bench.test";
      all.add(new Rule(domain, "", domain, "/index.html"));
    }
    for (int i = 0; i < OF_WILDCARD; i++) {
      String parent = "group-" + i + ".bench.test";
      all.add(new Rule("*." + parent, "/app", "www." + parent, "/app/start"));
    }
    for (int i = 0; i < OF_PATH; i++) {
      all.add(new Rule("", "/common-" + i, "any.bench.test", "/common-" + i + "/logo.png"));
    }
  }

  /**
   * One rule.
   *
   * @param host of a request that it decides
   * @param target of that request
   */
  private record Rule(String domain, String path, String host, String target) {
    Map<String, Object> body() {
      Map<String, Object> body = new HashMap<>();
      if (!domain.isEmpty()) body.put("domain", domain);
      if (!path.isEmpty()) body.put("path", path);
      body.put("action", Map.of("poolName", POOL));
      return body;
    }

    boolean isWildcard() {
      return domain.startsWith("*.");
    }

    /** What the maps of by-hand.cfg look for: whole segments, so all ends with a slash. */
    String key() {
      return (isWildcard() ? domain.substring(2) : domain) + path + "/ " + POOL;
    }
  }

  int count() {
    return all.size();
  }

  /** As the API takes them. */
  List<Map<String, Object>> bodies() {
    return all.stream().map(Rule::body).toList();
  }

  /** Writes the maps of by-hand.cfg. */
  void writeMaps(Path folder) {
    write(folder.resolve("exact.map"), rule -> !rule.isWildcard() && !rule.domain().isEmpty());
    write(folder.resolve("wildcard.map"), Rule::isWildcard);
    write(folder.resolve("path.map"), rule -> rule.domain().isEmpty());
  }

  private void write(Path file, Predicate<Rule> which) {
    write(file, all.stream().filter(which).map(Rule::key).toList());
  }

  /** Writes the requests, in an order that keeps no kind together. */
  Path writeRequests(Path folder) {
    List<Rule> mixed = new ArrayList<>(all);
    Collections.shuffle(mixed, new Random(1));
    Path file = folder.resolve("requests.txt");
    write(file, mixed.stream().map(rule -> rule.host() + " " + rule.target()).toList());
    return file;
  }

  private static void write(Path file, List<String> lines) {
    try {
      Files.writeString(file, lines.stream().collect(Collectors.joining("\n", "", "\n")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
