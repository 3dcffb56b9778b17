package dev.poise.standalone;

import java.nio.file.Files;
import java.nio.file.Path;

/** The programs that the build makes. */
public record ProjectPlaces(Path root) {
  public ProjectPlaces {
    root = root.toAbsolutePath().normalize();
  }

  Path serverJar() {
    return built("server/target/poise-server.jar");
  }

  Path agentJar() {
    return built("agent/target/poise-agent.jar");
  }

  /** What other machines install; exists after {@code ./poise package}. */
  public Path agentArchive() {
    return root.resolve("dist/poise-agent.tar.gz");
  }

  private Path built(String relative) {
    Path jar = root.resolve(relative);
    if (Files.notExists(jar)) {
      throw new CannotStart(relative + " is missing. Build it first: mvn package");
    }
    return jar;
  }

  /** Downloads, unpacked programs and data of the evaluation mode; nothing else writes there. */
  public Path poiseFolder() {
    return root.resolve(".poise");
  }

  /** The Java this runs on runs the others as well. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
