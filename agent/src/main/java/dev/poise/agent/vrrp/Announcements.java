package dev.poise.agent.vrrp;

import dev.poise.spec.RoleReport.Role;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the pipe to which keepalived writes every change of state, in their order.
 *
 * <p>It is opened for writing as well, so it never ends, whoever comes and goes at the other side.
 * What stands in it when the agent starts was written while nobody read; it is thrown away, because
 * keepalived is asked then.
 */
final class Announcements implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Announcements.class);
  private static final Pattern LINE = Pattern.compile("INSTANCE \"poise\" (\\w+) \\d+");

  private final FileChannel channel;
  private final Consumer<Role> listener;
  private final StringBuilder begun = new StringBuilder();

  private Announcements(FileChannel channel, Consumer<Role> listener) {
    this.channel = channel;
    this.listener = listener;
  }

  /** Opens the pipe; what is written to it from now on goes to the listener. */
  static Announcements open(Path fifo, Consumer<Role> listener) throws IOException {
    FileChannel channel = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileInputStream stale = new FileInputStream(fifo.toFile())) {
      int waiting = stale.available();
      stale.skipNBytes(waiting);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new Announcements(channel, listener);
  }

  /** Reads until interrupted. */
  @Override
  public void run() {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try (channel) {
      while (channel.read(buffer) > 0) {
        buffer.flip();
        begun.append(StandardCharsets.ISO_8859_1.decode(buffer));
        buffer.clear();
        hearLines();
      }
    } catch (ClosedByInterruptException e) {
      log.debug("the pipe is closed", e);
    } catch (IOException e) {
      log.error("keepalived's pipe cannot be read", e);
    }
  }

  private void hearLines() {
    int end = begun.indexOf("\n");
    while (end >= 0) {
      hear(begun.substring(0, end));
      begun.delete(0, end + 1);
      end = begun.indexOf("\n");
    }
  }

  private void hear(String line) {
    Matcher state = LINE.matcher(line);
    if (!state.matches()) return;
    switch (state.group(1)) {
      case "MASTER" -> listener.accept(Role.PRIMARY);
      case "BACKUP" -> listener.accept(Role.BACKUP);
      case "FAULT" -> listener.accept(Role.FAULT);
      case "STOP" -> listener.accept(Role.UNKNOWN);
      default -> log.debug("keepalived says {}", line);
    }
  }
}
