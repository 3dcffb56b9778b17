package dev.poise.agent.render;

import dev.poise.spec.DomainMatch;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.RuleSpec;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The content rules of one listener, written so that a handful of lookups decides, however many
 * rules there are.
 *
 * <p>HAProxy finds the longest entry of a map that a text begins with, in a tree. So everything
 * that decides within one domain is put into one text: {@code domain:path#path-and-query#}. A
 * domain ends at the colon and a path at the {@code #}, which neither can hold. The rule {@code
 * /api} is two entries, {@code a.test:/api#} for itself and {@code a.test:/api/} for what is below
 * it; {@code /api/} is only the second, and replaces that of {@code /api}, being longer. A rule
 * with a query is {@code a.test:/api#/api?x#}: it begins with the entry of {@code /api}, is longer,
 * and ends, so it is found first and only to the letter.
 *
 * <p>The more exact domain goes first and what it does not decide is left to the next: one lookup
 * with the name itself, one for each number of labels that a wildcard has, largest first, one with
 * no name. A wildcard is looked up with the last labels of what follows the name's first dot, so
 * {@code *.a.test} is found for every name below {@code a.test}, and not for {@code a.test}.
 *
 * @param exact entries of rules for one domain
 * @param wildcard entries of rules for a wildcard, without its {@code *.}
 * @param any entries of rules for all domains
 * @param wildcardLabels how many labels the wildcards have, largest first
 */
record RuleTable(RuleMap exact, RuleMap wildcard, RuleMap any, SortedSet<Integer> wildcardLabels) {
  private static final Comparator<RuleSpec> SHORTER_PATH_FIRST =
      Comparator.comparingInt(rule -> rule.path().text().length());

  RuleTable {
    SortedSet<Integer> largestFirst = new TreeSet<>(Comparator.reverseOrder());
    largestFirst.addAll(wildcardLabels);
    wildcardLabels = Collections.unmodifiableSortedSet(largestFirst);
  }

  /** A table that sends what a rule is for to the backend that it is given. */
  static RuleTable of(List<RuleSpec> rules, Function<RuleSpec, String> backend) {
    TreeMap<String, String> exact = new TreeMap<>();
    TreeMap<String, String> wildcard = new TreeMap<>();
    TreeMap<String, String> any = new TreeMap<>();
    SortedSet<Integer> labels = new TreeSet<>();
    for (RuleSpec rule : rules.stream().sorted(SHORTER_PATH_FIRST).toList()) {
      String target = backend.apply(rule);
      switch (rule.domain()) {
        case DomainMatch.Any() -> put(any, "", rule.path(), target);
        case DomainMatch.Pattern(DomainPattern domain) -> {
          if (domain.isWildcard()) {
            String name = domain.text().substring(2);
            labels.add(name.split("\\.", -1).length);
            put(wildcard, name, rule.path(), target);
          } else {
            put(exact, domain.text(), rule.path(), target);
          }
        }
      }
    }
    return new RuleTable(new RuleMap(exact), new RuleMap(wildcard), new RuleMap(any), labels);
  }

  private static void put(
      TreeMap<String, String> entries, String domain, PathPrefix prefix, String target) {
    String path = prefix.text();
    if (prefix.hasQuery()) {
      String withoutQuery = path.substring(0, path.indexOf('?'));
      entries.put(domain + ":" + withoutQuery + "#" + path + "#", target);
    } else if (path.isEmpty() || path.endsWith("/")) {
      entries.put(domain + ":" + path, target);
    } else {
      entries.put(domain + ":" + path + "#", target);
      entries.put(domain + ":" + path + "/", target);
    }
  }
}
