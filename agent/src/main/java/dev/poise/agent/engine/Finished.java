package dev.poise.agent.engine;

/** How a run of a program ended and what it printed. */
record Finished(int exit, String output) {
  boolean succeeded() {
    return exit == 0;
  }
}
