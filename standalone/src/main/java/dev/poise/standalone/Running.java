package dev.poise.standalone;

/** A part of the service that runs as a process of its own. */
sealed interface Running permits Postgres, ServerProcess, AgentProcess {
  /** The process. */
  Child child();

  /** Ends it the friendly way. */
  void stop();
}
