package dev.poise.agent.doctor;

import java.io.IOException;
import java.util.List;

/** One thing to look at. It changes nothing on the machine. */
interface Check {
  /**
   * What there is to say of it.
   *
   * @throws IOException if it could not be looked at, with a sentence
   */
  List<Finding> findings() throws IOException, InterruptedException;
}
