package dev.poise.agent.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a process counts, read from its answer to {@link #QUESTION}. */
public record Statistics(List<Frontend> frontends, List<Server> servers) {
  /** What to ask a process: frontends (1) and servers (4), of all proxies. */
  static final String QUESTION = "show stat -1 5 -1";

  public Statistics {
    frontends = List.copyOf(frontends);
    servers = List.copyOf(servers);
  }

  /**
   * One listener.
   *
   * @param refused connections closed because of the limit or because the client is not let in;
   *     they are not in {@code total}
   */
  public record Frontend(
      String name,
      long current,
      long total,
      long refused,
      long requests,
      long receivedBytes,
      long transmittedBytes,
      long responses2xx,
      long responses3xx,
      long responses4xx,
      long responses5xx) {}

  /**
   * One member in one backend.
   *
   * @param check how the last check ended, such as {@code L4OK} or {@code L7STS}; {@code INI}
   *     before the first
   * @param checkWords what HAProxy says about it
   * @param follows whether it is not checked itself, but is up when another server is
   */
  public record Server(
      String backend,
      String name,
      String status,
      int weight,
      long current,
      long total,
      String check,
      String checkCode,
      long checkMillis,
      String checkWords,
      long secondsInStatus,
      boolean follows) {

    /** How commands name it. */
    public String fullName() {
      return backend + "/" + name;
    }

    /** Whether checks have not said anything yet. */
    public boolean unchecked() {
      return check.equals("INI") || check.isEmpty();
    }

    /** Whether the last check passed. */
    public boolean passed() {
      return check.endsWith("OK") || check.equals("L7OKC");
    }

    /** Whether it takes traffic, as far as its health is concerned. */
    public boolean up() {
      return status.startsWith("UP") || status.startsWith("NOLB") || status.startsWith("DRAIN");
    }

    /** Whether it is neither checked nor used. */
    public boolean disabled() {
      return status.startsWith("MAINT");
    }
  }

  /** Reads the comma-separated answer; columns are found by name. */
  static Statistics parse(String answer) {
    List<String> lines = answer.strip().lines().toList();
    if (lines.isEmpty() || !lines.get(0).startsWith("# ")) {
      throw new IllegalArgumentException("not statistics: " + answer.lines().findFirst());
    }
    Columns columns = Columns.of(fields(lines.get(0).substring(2)));
    List<Frontend> frontends = new ArrayList<>();
    List<Server> servers = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      Row row = new Row(columns, fields(line));
      switch (row.text("svname")) {
        case "FRONTEND" -> frontends.add(row.frontend());
        case "BACKEND" -> {}
        default -> servers.add(row.server());
      }
    }
    return new Statistics(frontends, servers);
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>(128);
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= line.length(); i++) {
      char c = i < line.length() ? line.charAt(i) : ',';
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && (!quoted || i == line.length())) {
        fields.add(line.substring(start, i));
        start = i + 1;
      }
    }
    return fields;
  }

  private record Columns(Map<String, Integer> indexes) {
    static Columns of(List<String> names) {
      Map<String, Integer> indexes = new HashMap<>();
      for (int i = 0; i < names.size(); i++) indexes.put(names.get(i), i);
      return new Columns(indexes);
    }
  }

  private record Row(Columns columns, List<String> fields) {
    String text(String column) {
      int index = columns.indexes().getOrDefault(column, Integer.MAX_VALUE);
      return index < fields.size() ? fields.get(index).replace("\"", "") : "";
    }

    long number(String column) {
      String text = text(column);
      return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    Frontend frontend() {
      return new Frontend(
          text("pxname"),
          number("scur"),
          number("stot"),
          number("dcon"),
          number("req_tot"),
          number("bin"),
          number("bout"),
          number("hrsp_2xx"),
          number("hrsp_3xx"),
          number("hrsp_4xx"),
          number("hrsp_5xx"));
    }

    Server server() {
      String check = text("check_status");
      return new Server(
          text("pxname"),
          text("svname"),
          text("status"),
          (int) number("uweight"),
          number("scur"),
          number("stot"),
          // A star in front says that the next check is under way.
          check.startsWith("* ") ? check.substring(2) : check,
          text("check_code"),
          number("check_duration"),
          text("last_chk"),
          number("lastchg"),
          !text("tracked").isEmpty());
    }
  }
}
