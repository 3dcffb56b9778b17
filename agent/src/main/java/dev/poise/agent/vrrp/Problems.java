package dev.poise.agent.vrrp;

import dev.poise.agent.observe.ReportBoard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps the node from moving addresses as it should; reports name it as long as it lasts. */
final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);
  private static final String ABOUT = "vrrp";

  private final ReportBoard board;
  private final Map<String, String> current = new TreeMap<>();

  Problems(ReportBoard board) {
    this.board = board;
  }

  /** Whether something is wrong with this, as of now. */
  synchronized void set(String with, Optional<String> what) {
    String before = current.getOrDefault(with, "");
    String now = what.orElse("");
    if (before.equals(now)) return;
    if (now.isEmpty()) {
      current.remove(with);
      log.info("no longer: {}", before);
    } else {
      current.put(with, now);
      log.warn("{}", now);
    }
    board.problems(ABOUT, List.copyOf(current.values()));
  }

  /** There is nothing that could be wrong. */
  synchronized void clear() {
    current.clear();
    board.problems(ABOUT, List.of());
  }
}
