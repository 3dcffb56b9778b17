package dev.poise.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Sees to it that one agent at a time works in a data directory. */
final class DataLock implements AutoCloseable {
  private final FileChannel channel;

  private DataLock(FileChannel channel) {
    this.channel = channel;
  }

  static DataLock take(Path dataDirectory) throws AgentConfig.Unusable, IOException {
    FileChannel channel =
        FileChannel.open(
            dataDirectory.resolve("agent.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    if (!isFree(channel)) {
      channel.close();
      throw new AgentConfig.Unusable(
          "data.dir: another agent works in '" + dataDirectory + "'; stop it first");
    }
    return new DataLock(channel);
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The end of the process gives the lock back as well.
    }
  }
}
