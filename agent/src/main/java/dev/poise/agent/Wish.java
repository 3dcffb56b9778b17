package dev.poise.agent;

import dev.poise.agent.render.DigestedSpec;

/** What a worker shall make of its load balancer. */
sealed interface Wish {
  /** Serve this. */
  record Serve(DigestedSpec spec) implements Wish {}

  /** This generation cannot be understood: serve on what was served before. */
  record Refuse(long generation, String why) implements Wish {}

  /** This generation is not here yet: serve on what was served before. */
  record Await(long generation, String why) implements Wish {}

  /** Serve on what was served before, although no manifest says so. */
  record Hold(String why) implements Wish {}

  /** It must not exist any more. */
  record Remove() implements Wish {}
}
