package dev.poise.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
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
    if (!"root".equals(System.getProperty("user.name"))) return OF_POISE;
    String name =
        "poise-bench-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    scope.open(() -> run(scope, "ip", "netns", "add", name), _ -> remove(name));
    Room room = new Room(List.of("ip", "netns", "exec", name));
    run(scope, "ip", "-n", name, "link", "set", "lo", "up");
    return room;
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
    run(scope, room.inside(load).toArray(String[]::new));
    return room;
  }

  /** The command line that runs this one there. */
  List<String> inside(List<String> command) {
    List<String> whole = new ArrayList<>(enter);
    whole.addAll(command);
    return whole;
  }

  private static String run(Scope scope, String... command) {
    String said = Program.output(scope, List.of(command));
    if (!said.isEmpty()) throw new IllegalStateException(String.join(" ", command) + ": " + said);
    return said;
  }

  private static void remove(String name) {
    // The scope is closed by now.
    try (Scope last = new Scope()) {
      run(last, "ip", "netns", "del", name);
    }
  }
}
