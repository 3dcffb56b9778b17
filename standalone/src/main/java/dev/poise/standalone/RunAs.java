package dev.poise.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom PostgreSQL runs. It refuses to run as root, and root is who often starts us: in a
 * container, or because HAProxy should bind low ports.
 */
sealed interface RunAs {
  /** We are an ordinary user: PostgreSQL runs as the same. */
  record Ourselves() implements RunAs {}

  /**
   * We are root: PostgreSQL runs in a user namespace in which root is nobody special. Its files
   * still belong to root, so no other account on the machine can touch them.
   */
  record Namespace() implements RunAs {}

  /** We are root where user namespaces are forbidden: PostgreSQL runs as this account. */
  record Account(String name) implements RunAs {}

  /** What fits whoever we are, and whoever the data belongs to, if there is data already. */
  static RunAs choose(Path data) {
    if (!isRoot()) return new Ourselves();
    Optional<String> owner = owner(data).filter(name -> !name.equals("root"));
    if (owner.isPresent()) return new Account(owner.get());
    if (Commands.run(List.of("unshare", "--user", "true")).succeeded()) return new Namespace();
    boolean installed = Commands.run(List.of("id", "-u", "postgres")).succeeded();
    return new Account(installed ? "postgres" : "nobody");
  }

  private static Optional<String> owner(Path data) {
    try {
      return Optional.of(Files.getOwner(data).getName());
    } catch (IOException noDataYet) {
      return Optional.empty();
    }
  }

  private static boolean isRoot() {
    return Commands.run(List.of("id", "-u")).output().equals("0");
  }

  /** The command that runs this command so. */
  default List<String> command(List<String> command) {
    List<String> whole =
        new ArrayList<>(
            switch (this) {
              case Ourselves() -> List.<String>of();
              case Namespace() -> List.of("unshare", "--user");
              case Account(String name) ->
                  List.of(
                      "setpriv",
                      "--reuid=" + name,
                      "--regid=" + groupOf(name),
                      "--clear-groups",
                      "--no-new-privs");
            });
    whole.addAll(command);
    return whole;
  }

  /** Makes the folder belong to whoever PostgreSQL runs as. */
  default void own(Path folder) {
    switch (this) {
      case Ourselves(), Namespace() -> {}
      case Account(String name) -> {
        Commands.Result result =
            Commands.run(List.of("chown", "-R", name + ":", folder.toString()));
        if (!result.succeeded()) throw new CannotStart(result.output());
      }
    }
  }

  private static String groupOf(String account) {
    return Commands.run(List.of("id", "-g", account)).output();
  }
}
