package dev.poise.e2e;

import dev.poise.standalone.ProjectPlaces;
import java.nio.file.Files;
import java.nio.file.Path;

/** What machines install, made of the jars that are tested. */
final class AgentArchive {
  private AgentArchive() {}

  /** Makes it, if there is none or a part of it is newer. */
  static synchronized Path ensure(ProjectPlaces project) {
    Path archive = project.agentArchive();
    if (isNewerThanItsParts(archive, project.root())) return archive;
    String jdk = System.getProperty("java.home");
    Program.output(
        project.root().resolve("deploy/make-archive").toString(), jdk, archive.toString());
    return archive;
  }

  private static boolean isNewerThanItsParts(Path archive, Path root) {
    if (Files.notExists(archive)) return false;
    String changed =
        Program.output(
            "find",
            root.resolve("agent/target/poise-agent.jar").toString(),
            root.resolve("agent/target/lib").toString(),
            root.resolve("deploy").toString(),
            "-newer",
            archive.toString());
    return changed.isEmpty();
  }
}
