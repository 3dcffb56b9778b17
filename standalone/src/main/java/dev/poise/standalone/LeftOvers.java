package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a launcher that was killed left running. Only processes that the pid files name beyond doubt
 * are touched, see {@link ProcessIdentity}.
 */
final class LeftOvers {
  private final Places places;

  LeftOvers(Places places) {
    this.places = places;
  }

  /** Stops everything, HAProxy included, and tells what there was. */
  List<String> stopAll() {
    List<String> stopped = new ArrayList<>();
    // The pid file is removed at a clean end: as long as it is there, HAProxy may run as well.
    boolean nodeWasUp = Files.exists(places.agentPid());
    if (stop(places.agentPid(), "TERM")) stopped.add("agent");
    if (nodeWasUp && Files.exists(places.agentFile())) {
      AgentProcess.stopAll(places.project(), places.agentFile());
      stopped.add("HAProxy");
    }
    stopped.addAll(stopControlPlane());
    delete(places.agentPid());
    return stopped;
  }

  /**
   * Stops everything but the HAProxy processes, which the next agent of the same node adopts: a
   * launcher that was killed costs no connection.
   */
  List<String> stopAllButTraffic() {
    List<String> stopped = new ArrayList<>();
    if (stop(places.agentPid(), "TERM")) stopped.add("agent");
    stopped.addAll(stopControlPlane());
    return stopped;
  }

  private List<String> stopControlPlane() {
    List<String> stopped = new ArrayList<>();
    if (stop(places.serverPid(), "TERM")) stopped.add("server");
    delete(places.serverPid());
    if (Postgres.stopLeftOver(places.postgres())) stopped.add("PostgreSQL");
    return stopped;
  }

  private static boolean stop(Path pidFile, String signal) {
    return ProcessIdentity.read(pidFile)
        .filter(ProcessIdentity::isAlive)
        .map(process -> {
          process.stop(signal, Duration.ofSeconds(10));
          return true;
        })
        .orElse(false);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
