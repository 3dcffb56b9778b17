package dev.poise.agent.engine;

import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.probe.Prober;
import dev.poise.agent.render.UdpTarget;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a node may program its kernel, in one network. */
public sealed interface KernelAccess {
  /**
   * It may.
   *
   * @param edge counts the packets of addresses that are in the node's own network, if that is
   *     another one
   * @param site where members are checked from
   */
  record Granted(Kernel kernel, Optional<Kernel> edge, Prober prober, Prober.Site site)
      implements KernelAccess {
    private static final Logger log = LoggerFactory.getLogger(Granted.class);

    /** In the node's own network. */
    public Granted(Kernel kernel, Prober prober) {
      this(kernel, Optional.empty(), prober, site("", kernel));
    }

    /** In a namespace of which that is the kernel. */
    static Granted inside(String namespace, Kernel kernel, Kernel edge, Prober prober) {
      return new Granted(kernel, Optional.of(edge), prober, site(namespace, kernel));
    }

    private static Prober.Site site(String namespace, Kernel kernel) {
      return new Prober.Site(namespace, target -> isUnreachable(kernel, target));
    }

    private static boolean isUnreachable(Kernel kernel, UdpTarget target) {
      try {
        return kernel.isUnreachable(target.address(), target.port());
      } catch (IOException e) {
        log.debug("the kernel cannot be asked for errors", e);
        return false;
      }
    }
  }

  /** It may not: no UDP, no packet counters, everything else as always. */
  record Missing(String why) implements KernelAccess {}
}
