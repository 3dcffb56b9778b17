package dev.poise.agent.link;

import org.slf4j.Logger;

/** Logs a condition when it changes, not each time it is met. */
final class ConditionLog {
  private static final String GOOD = "";

  private final Logger log;
  private final String subject;
  private String condition = GOOD;

  ConditionLog(Logger log, String subject) {
    this.log = log;
    this.subject = subject;
  }

  void good() {
    if (!condition.equals(GOOD)) log.info("{}: works again", subject);
    condition = GOOD;
  }

  void bad(String problem) {
    if (!condition.equals(problem)) log.warn("{}: {}", subject, problem);
    condition = problem;
  }

  /** A fault of the agent's own, told with its place. */
  void fault(RuntimeException fault) {
    String problem = fault.toString();
    if (!condition.equals(problem)) log.error("{}: the agent has a fault", subject, fault);
    condition = problem;
  }
}
