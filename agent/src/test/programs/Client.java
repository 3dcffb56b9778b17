import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;

/**
 * Asks on some sockets, one line for each answer. Arguments: address, port, sockets, rounds, pause
 * in milliseconds.
 */
final class Client {
  public static void main(String[] arguments) throws Exception {
    DatagramSocket[] sockets = new DatagramSocket[Integer.parseInt(arguments[2])];
    for (int i = 0; i < sockets.length; i++) {
      sockets[i] = new DatagramSocket();
      sockets[i].connect(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
      sockets[i].setSoTimeout(1000);
    }
    for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
      for (int i = 0; i < sockets.length; i++) System.out.println(i + " " + ask(sockets[i]));
      Thread.sleep(Long.parseLong(arguments[4]));
    }
    System.out.println("end");
  }

  private static String ask(DatagramSocket socket) throws IOException {
    DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
    try {
      socket.send(new DatagramPacket(new byte[] {'?'}, 1));
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength());
    } catch (PortUnreachableException e) {
      return "refused";
    } catch (SocketTimeoutException e) {
      return "silence";
    }
  }
}
