package dev.poise.agent.engine;

import dev.poise.agent.render.RuleMap;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives a running process a table of rules or clients anew: a new version is filled beside the one
 * in use, takes its place in one step, and is read back.
 */
final class MapChange {
  private static final Pattern VERSION = Pattern.compile("New version created: (\\d+)");
  // HAProxy reads a command together with its lines into one buffer of 16 kB.
  private static final int LARGEST_PAYLOAD = 8 * 1024;

  private MapChange() {}

  static void make(AdminConnection admin, String name, RuleMap wanted) throws IOException {
    Matcher version = VERSION.matcher(admin.ask("prepare map " + name));
    if (!version.find()) throw new IOException("HAProxy does not prepare map " + name);
    String add = "add map @" + version.group(1) + " " + name;
    StringBuilder lines = new StringBuilder();
    for (String line : wanted.text().lines().toList()) {
      if (lines.length() + line.length() > LARGEST_PAYLOAD) {
        admin.order(add, lines.toString());
        lines.setLength(0);
      }
      lines.append(line).append('\n');
    }
    if (!lines.isEmpty()) admin.order(add, lines.toString());
    admin.order("commit map @" + version.group(1) + " " + name);
    if (!read(admin, name).equals(wanted.entries())) {
      throw new IOException("map " + name + " is not what it was changed to");
    }
  }

  private static Map<String, String> read(AdminConnection admin, String name) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    for (String line : admin.ask("show map " + name).strip().lines().toList()) {
      if (line.isBlank()) continue;
      String[] words = line.split(" ", 3);
      if (words.length != 3) throw new IOException("map " + name + " cannot be read");
      entries.put(words[1], words[2]);
    }
    return entries;
  }
}
