package dev.poise.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The evaluation mode's entrance, called by the script {@code poise}: {@code up} and {@code down}.
 */
public final class Standalone {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private Standalone() {}

  public static void main(String[] arguments) {
    Screen screen = new Screen(System.out);
    try {
      List<String> words = List.of(arguments);
      Places places = new Places(new ProjectPlaces(Path.of(System.getProperty("poise.root", "."))));
      switch (words.isEmpty() ? "" : words.getFirst()) {
        case "up" ->
            new Launcher(places, Options.parse(words.subList(1, words.size())), screen).run();
        case "down" -> down(places, screen);
        default -> throw new CannotStart("This program is started by ./poise up and ./poise down.");
      }
    } catch (CannotStart e) {
      screen.line("\n" + e.sentence());
      System.exit(1);
    } catch (RuntimeException e) {
      // Whatever it is: the demo's threads must not keep a launcher alive that does nothing.
      e.printStackTrace();
      System.exit(1);
    }
  }

  /** Stops the launcher of this folder, or what one that was killed left running. */
  private static void down(Places places, Screen screen) {
    Optional<ProcessIdentity> launcher =
        ProcessIdentity.read(places.launcherPid()).filter(ProcessIdentity::isAlive);
    if (launcher.isPresent()) {
      launcher.get().stop("TERM", PATIENCE);
    }
    List<String> leftOvers = new LeftOvers(places).stopAll();
    if (!leftOvers.isEmpty()) {
      screen.line("Stopped what an earlier run left: " + String.join(", ", leftOvers));
    } else {
      screen.line(launcher.isPresent() ? "Stopped" : "Nothing is running");
    }
  }
}
