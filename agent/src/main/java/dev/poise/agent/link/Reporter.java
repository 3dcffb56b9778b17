package dev.poise.agent.link;

import dev.poise.agent.observe.ReportBoard;
import dev.poise.spec.NodeReport;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends reports whenever one is due. */
public final class Reporter implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Reporter.class);

  private final ServerClient server;
  private final ReportBoard board;
  private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2));
  private final ConditionLog condition = new ConditionLog(log, "report");

  public Reporter(ServerClient server, ReportBoard board) {
    this.server = server;
    this.board = board;
  }

  /** Reports until interrupted. */
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        board.awaitDue();
        Duration pause = step();
        if (pause.isPositive()) Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Sends one report; says how long to pause then. */
  Duration step() throws InterruptedException {
    NodeReport report = board.take();
    try {
      board.arrived(server.report(report).sendFull());
      condition.good();
      backoff.reset();
      return Duration.ZERO;
    } catch (IOException e) {
      board.lost();
      String message = e.getMessage();
      condition.bad(message == null ? "the server cannot be reached" : message);
      return backoff.next();
    } catch (RuntimeException e) {
      board.lost();
      condition.fault(e);
      return backoff.next();
    }
  }
}
