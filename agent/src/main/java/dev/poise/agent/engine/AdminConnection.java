package dev.poise.agent.engine;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A conversation with one HAProxy process over its admin socket.
 *
 * <p>The connection is opened once and kept in prompt mode for as long as the process lives. That
 * makes it a name for the process: whoever takes over the socket's path later, what is asked here
 * is answered by the process that was there first. It is also the only way to hear from a process
 * that is being replaced, since it accepts no new connection any more; and it keeps such a process
 * from ending before its last counters were read. When the agent dies the connection closes, and
 * the old process ends by itself when its traffic has.
 *
 * <p>One command at a time; every answer ends with a prompt. A process that does not answer in time
 * loses the connection. Commands are made of ids and numbers only, never of text somebody wrote.
 * What goes with a command as lines, domains and paths of rules or certificate material, cannot
 * hold an empty line, which would end it.
 */
public final class AdminConnection implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final byte[] PROMPT = "\n> ".getBytes(StandardCharsets.US_ASCII);
  private static final ScheduledThreadPoolExecutor WATCH = watch();

  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(8 * 1024);

  private AdminConnection(SocketChannel channel) {
    this.channel = channel;
  }

  private static ScheduledThreadPoolExecutor watch() {
    ScheduledThreadPoolExecutor watch =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("admin-timeouts").unstarted(task));
    watch.setRemoveOnCancelPolicy(true);
    return watch;
  }

  /** Connects to whatever process listens on that socket. */
  public static AdminConnection open(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      AdminConnection connection = new AdminConnection(channel);
      connection.ask("prompt");
      return connection;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether the process can still be asked. */
  boolean isOpen() {
    return channel.isOpen();
  }

  /** Sends one command and gives back the answer without the prompt. */
  public String ask(String command) throws IOException {
    return exchange(command, command + "\n");
  }

  /** Sends a command that takes lines, and the lines, none of which may be empty. */
  String ask(String command, String lines) throws IOException {
    String answer = exchange(command, command + " <<\n" + lines + "\n");
    return answer.replaceFirst("^(\\+ )+", "");
  }

  private synchronized String exchange(String command, String text) throws IOException {
    ScheduledFuture<?> timeout =
        WATCH.schedule(this::closeQuietly, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      ByteBuffer line = StandardCharsets.US_ASCII.encode(text);
      while (line.hasRemaining()) channel.write(line);
      return answer();
    } catch (IOException e) {
      closeQuietly();
      throw new IOException("no answer from HAProxy to '" + command + "'", e);
    } finally {
      timeout.cancel(false);
    }
  }

  /** Sends a command that has nothing to say when it works. */
  void order(String command) throws IOException {
    String answer = ask(command).strip();
    if (!answer.isEmpty()) {
      throw new IOException("HAProxy answered '" + answer + "' to '" + command + "'");
    }
  }

  /** Sends a command that takes lines and has nothing to say when it works. */
  void order(String command, String lines) throws IOException {
    String answer = ask(command, lines).strip();
    if (!answer.isEmpty()) {
      throw new IOException("HAProxy answered '" + answer + "' to '" + command + "'");
    }
  }

  private String answer() throws IOException {
    // A list of all sessions has megabytes: it is not copied whenever a piece of it comes.
    byte[] answer = new byte[buffer.capacity()];
    int length = 0;
    while (true) {
      buffer.clear();
      if (channel.read(buffer) < 0) throw new IOException("the process closed the connection");
      int more = buffer.position();
      if (length + more > answer.length) answer = Arrays.copyOf(answer, 2 * answer.length + more);
      System.arraycopy(buffer.array(), 0, answer, length, more);
      length += more;
      if (endsWithPrompt(answer, length)) {
        return new String(answer, 0, length - PROMPT.length, StandardCharsets.UTF_8);
      }
    }
  }

  private static boolean endsWithPrompt(byte[] bytes, int length) {
    int start = length - PROMPT.length;
    return start >= 0 && Arrays.equals(bytes, start, length, PROMPT, 0, PROMPT.length);
  }

  private void closeQuietly() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was promised about a connection that is given up.
    }
  }

  @Override
  public void close() {
    closeQuietly();
  }
}
