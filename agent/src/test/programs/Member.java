import java.net.DatagramPacket;
import java.net.DatagramSocket;

/** Answers each datagram that is not empty with a name and whom it saw. Arguments: name, port. */
final class Member {
  public static void main(String[] arguments) throws Exception {
    try (DatagramSocket socket = new DatagramSocket(Integer.parseInt(arguments[1]))) {
      System.out.println("ready");
      DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
      while (true) {
        packet.setLength(2000);
        socket.receive(packet);
        if (packet.getLength() == 0) continue;
        byte[] answer = (arguments[0] + " " + packet.getAddress().getHostAddress()).getBytes();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    }
  }
}
