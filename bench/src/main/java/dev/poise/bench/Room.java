package dev.poise.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where programs run: in the network that Poise is in, or in one of their own. The rules by which a
 * node counts packets cost everybody in its network a little, so what Poise is compared with is
 * elsewhere, with its clients and members.
 *
 * @param enter what stands before a command line that is to run there
 */
record Room(List<String> enter) {
  /** Where Poise is. */
  static final Room OF_POISE = new Room(List.of());

  /**
   * One with nothing in it; the scope removes it. Who may not make one is not allowed to have rules
   * for packets either, so there is nothing to get away from.
   */
  static Room empty(Scope scope) {
    if (!Machine.isRoot()) return OF_POISE;
    String name = "poise-bench-%08x".formatted(ThreadLocalRandom.current().nextInt());
    Room room = scope.open(() -> make(scope, name), _ -> remove(name));
    run(scope, List.of("ip", "-n", name, "link", "set", "lo", "up"));
    return room;
  }

  private static Room make(Scope scope, String name) {
    run(scope, List.of("ip", "netns", "add", name));
    return of(name);
  }

  /** The network namespace of that name. */
  static Room of(String namespace) {
    return new Room(List.of("ip", "netns", "exec", namespace));
  }

  /**
   * One whose kernel counts the packets of listeners, by rules written by hand.
   *
   * @param address of the listeners
   */
  static Room counting(Scope scope, Path rules, String address) {
    Room room = empty(scope);
    if (room.equals(OF_POISE)) return room;
    List<String> load =
        List.of("nft", "--define", "ADDRESS=" + address, "--file", rules.toString());
    run(scope, room.inside(load));
    return room;
  }

  /** The command line that runs this one there. */
  List<String> inside(List<String> command) {
    List<String> whole = new ArrayList<>(enter);
    whole.addAll(command);
    return whole;
  }

  private static void run(Scope scope, List<String> command) {
    String said = Program.output(scope, command);
    if (!said.isEmpty()) throw new IllegalStateException(String.join(" ", command) + ": " + said);
  }

  private static void remove(String name) {
    // The one it was made in is closed by now.
    try (Scope last = new Scope()) {
      run(last, List.of("ip", "netns", "del", name));
    }
  }
}
