package dev.poise.bench;

import java.time.Duration;

/** Who uses the processors: the server, its database, and ourselves, who measure. */
record Processors(LinuxProcess server, LinuxProcess postgres, LinuxProcess ourselves) {
  Processors(ControlPlane plane) {
    this(plane.server(), plane.postgres(), new LinuxProcess(ProcessHandle.current().pid()));
  }

  /** What they have used, in seconds. */
  record Usage(double server, double postgres, double ourselves, double wall) {
    Usage since(Usage before) {
      return new Usage(
          server - before.server,
          postgres - before.postgres,
          ourselves - before.ourselves,
          wall - before.wall);
    }

    Usage plus(Usage other) {
      return new Usage(
          server + other.server,
          postgres + other.postgres,
          ourselves + other.ourselves,
          wall + other.wall);
    }

    /** Per cent of all processors of the machine. */
    double percent(double used) {
      return 100 * used / wall / Runtime.getRuntime().availableProcessors();
    }
  }

  Usage now() {
    return new Usage(
        seconds(server.cpuTimeSinceStart()),
        seconds(postgres.cpuTimeOfFamily()),
        seconds(ourselves.cpuTimeSinceStart()),
        System.nanoTime() / 1e9);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
