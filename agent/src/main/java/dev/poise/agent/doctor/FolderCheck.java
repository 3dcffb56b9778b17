package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a folder of the agent is there, can be written to, and has room.
 *
 * @param key what it is called in the agent's settings
 */
record FolderCheck(String key, Path folder) implements Check {
  private static final long LITTLE = 100;
  private static final long TOO_LITTLE = 10;

  @Override
  public List<Finding> findings() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of(
          new Warn(key + ": " + folder + " is not there", "the agent makes it when it starts"));
    }
    try {
      Files.delete(Files.createTempFile(folder, "doctor", ""));
    } catch (IOException e) {
      return List.of(
          new Fail(
              key + ": " + folder + " cannot be written to: " + e.getMessage(),
              "see who owns it, and whether the disk is full or read-only"));
    }
    return List.of(room(Files.getFileStore(folder).getUsableSpace() >> 20));
  }

  Finding room(long megabytes) {
    String what = "%s: %s has %d MiB left".formatted(key, folder, megabytes);
    String remedy = "make room: what the node is told is written there before it is done";
    if (megabytes < TOO_LITTLE) return new Fail(what, remedy);
    return megabytes < LITTLE ? new Warn(what, remedy) : new Ok(what);
  }
}
