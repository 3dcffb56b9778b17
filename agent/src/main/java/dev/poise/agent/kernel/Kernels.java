package dev.poise.agent.kernel;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The kernel in each network namespace that load balancers live in; opened at the first use. */
public final class Kernels {
  private final String ipProgram;
  private final String nftProgram;
  private final String conntrackProgram;
  private final String table;
  private final Map<String, Opened> opened = new HashMap<>();

  private record Opened(Namespace namespace, Kernel kernel) {}

  /**
   * Kernels of a node.
   *
   * @param table the name of the node's own table
   */
  public Kernels(String ipProgram, String nftProgram, String conntrackProgram, String table) {
    this.ipProgram = ipProgram;
    this.nftProgram = nftProgram;
    this.conntrackProgram = conntrackProgram;
    this.table = table;
  }

  /**
   * The kernel in a namespace.
   *
   * @throws IOException as {@link Kernel#open}
   */
  public synchronized Kernel in(Namespace namespace) throws IOException {
    Opened known = opened.get(namespace.name());
    if (known != null && known.namespace().equals(namespace)) return known.kernel();
    Kernel kernel = Kernel.open(namespace.enter(ipProgram), nftProgram, conntrackProgram, table);
    opened.put(namespace.name(), new Opened(namespace, kernel));
    return kernel;
  }
}
