package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;

/** What the data plane said of itself. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Serving {
  /** No process runs. */
  @JsonTypeName("NOTHING")
  record Nothing() implements Serving {}

  /**
   * No process is needed: the kernel forwards, as it says.
   *
   * @param generation the one its rules name
   */
  @JsonTypeName("IN_KERNEL")
  record InKernel(long generation) implements Serving {}

  /**
   * A process runs.
   *
   * @param generation the one it says it serves
   * @param since when that process started
   */
  @JsonTypeName("RUNNING")
  record Running(long generation, long pid, Instant since) implements Serving {}
}
