package dev.poise.agent.engine;

import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.probe.Prober;

/** Whether a node may program its kernel. */
public sealed interface KernelAccess {
  /** It may. */
  record Granted(Kernel kernel, Prober prober) implements KernelAccess {}

  /** It may not: no UDP, no packet counters, everything else as always. */
  record Missing(String why) implements KernelAccess {}
}
