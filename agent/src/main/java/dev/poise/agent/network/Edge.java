package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/**
 * Gives the network that the agent is in a name: a process in another namespace can open listeners
 * in one that has a name, and in no other. The name goes with a restart of the machine and means
 * another network after the agent was moved to another one, so it is looked at each time.
 */
final class Edge {
  private final Ip ip;
  private final String name;

  Edge(Ip ip, String name) {
    this.ip = ip;
    this.name = name;
  }

  synchronized void attach() throws IOException {
    Optional<Namespace> named = Namespace.find(name);
    if (named.isPresent() && named.get().inode() == Namespace.own().inode()) return;
    detach();
    ip.run("netns", "attach", name, "" + ProcessHandle.current().pid());
  }

  synchronized void detach() throws IOException {
    if (Files.exists(Namespace.fileOf(name))) ip.run("netns", "del", name);
  }
}
