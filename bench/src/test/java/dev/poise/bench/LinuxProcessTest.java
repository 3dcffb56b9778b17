package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinuxProcessTest {
  @Test
  void processorTimeOfThreadsThatEndedCounts() throws Exception {
    LinuxProcess ourselves = new LinuxProcess(ProcessHandle.current().pid());
    Duration before = ourselves.cpuTimeSinceStart();
    Thread busy =
        Thread.ofPlatform()
            .start(() -> {
              long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
              while (System.nanoTime() < end) Thread.onSpinWait();
            });
    busy.join();
    assertThat(ourselves.cpuTimeSinceStart()).isGreaterThan(before);
  }

  @Test
  void aFamilyCountsItsChildrenToo() throws Exception {
    Process parent =
        new ProcessBuilder("sh", "-c", "sleep 30 & wait").redirectErrorStream(true).start();
    try {
      LinuxProcess family = new LinuxProcess(parent.pid());
      while (ProcessHandle.of(parent.pid()).orElseThrow().children().findAny().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(family.pssMegabytesOfFamily()).isGreaterThan(0);
      assertThat(family.cpuTimeOfFamily()).isGreaterThanOrEqualTo(family.cpuTimeSinceStart());
    } finally {
      parent.descendants().forEach(ProcessHandle::destroy);
      parent.destroy();
    }
  }

  @Test
  void knowsWhereItListensAndWhereSomebodyElseDoes() throws Exception {
    LinuxProcess ourselves = new LinuxProcess(ProcessHandle.current().pid());
    Process child = new ProcessBuilder("sleep", "30").start();
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
      socket.bind(new InetSocketAddress("127.5.6.7", 0));
      InetSocketAddress here = (InetSocketAddress) socket.getLocalAddress();
      InetSocketAddress elsewhere = new InetSocketAddress("127.5.6.8", here.getPort());
      assertThat(ourselves.listensAt(here)).isTrue();
      assertThat(ourselves.listensAt(elsewhere)).isFalse();
      assertThat(new LinuxProcess(child.pid()).listensAt(here)).isFalse();
    } finally {
      child.destroy();
    }
  }
}
