package dev.poise.agent.probe;

import dev.poise.agent.kernel.Namespace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * Opens sockets in other network namespaces.
 *
 * <p>A socket stays for ever in the namespace of the thread that opened it, whoever uses it later.
 * Java knows no namespaces, the kernel's {@code setns} moves one thread; so each socket is opened
 * by a thread that goes there, opens it, and ends. A thread that would come back could fail to, and
 * everything it did from then on would be in the wrong network.
 */
public final class ElsewhereSocket {
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x40000000;

  private final String namespace;
  private @Nullable DatagramChannel opened;
  private @Nullable IOException failure;

  private ElsewhereSocket(String namespace) {
    this.namespace = namespace;
  }

  /** The C library, as far as it is needed; looked up at the first use. */
  private static final class C {
    static final MethodHandle OPEN =
        function("open", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    static final MethodHandle SETNS =
        function("setns", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    static final MethodHandle CLOSE = function("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    private C() {}

    // The signatures are those of the C library; the launcher allows native access.
    @SuppressWarnings("restricted")
    private static MethodHandle function(
        String name, ValueLayout result, ValueLayout... arguments) {
      SymbolLookup library = Linker.nativeLinker().defaultLookup();
      return Linker.nativeLinker()
          .downcallHandle(
              library.find(name).orElseThrow(() -> new UnsupportedOperationException(name)),
              FunctionDescriptor.of(result, arguments));
    }
  }

  /** Whether it can be done, tried on that namespace. */
  public static void tryOut(String namespace) throws IOException {
    open(namespace).close();
  }

  static DatagramChannel open(String namespace) throws IOException {
    ElsewhereSocket socket = new ElsewhereSocket(namespace);
    Thread thread = Thread.ofPlatform().name("in " + namespace).start(socket::goAndOpen);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (socket.failure != null) throw socket.failure;
    if (socket.opened == null) throw new IOException("namespace " + namespace + ": no socket");
    return socket.opened;
  }

  private void goAndOpen() {
    try {
      enter();
      opened = DatagramChannel.open(StandardProtocolFamily.INET);
    } catch (IOException e) {
      failure = e;
    }
  }

  private void enter() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(Namespace.fileOf(namespace).toString());
      int file = (int) C.OPEN.invokeExact(path, O_RDONLY_CLOEXEC);
      if (file < 0) throw new IOException("there is no network namespace " + namespace);
      int entered = (int) C.SETNS.invokeExact(file, CLONE_NEWNET);
      int closed = (int) C.CLOSE.invokeExact(file);
      if (entered != 0 || closed != 0) {
        throw new IOException("the network namespace " + namespace + " cannot be entered");
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("the C library cannot be called", e);
    }
  }
}
