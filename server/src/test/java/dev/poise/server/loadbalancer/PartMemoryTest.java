package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.loadbalancer.PartMemory.Parts;
import dev.poise.server.loadbalancer.PartMemory.State;
import dev.poise.spec.LoadBalancerId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartMemoryTest {
  private final PartMemory memory = new PartMemory();
  private final LoadBalancerId id = LoadBalancerId.generate(Instant.now());
  private final Parts parts = new Parts(List.of(), List.of());

  @Test
  void findsWhatBelongsToTheRow() {
    memory.put(new State(id, 3, "700"), parts);
    assertThat(memory.find(new State(id, 3, "700"))).containsSame(parts);
    assertThat(memory.find(new State(LoadBalancerId.generate(Instant.now()), 3, "700"))).isEmpty();
  }

  @Test
  void anotherVersionIsAnotherRow() {
    memory.put(new State(id, 3, "700"), parts);
    assertThat(memory.find(new State(id, 4, "701"))).isEmpty();
    assertThat(memory.find(new State(id, 4, "700"))).as("changed twice at once").isEmpty();
  }

  /** A transaction that is taken back has used a version that the next one uses again. */
  @Test
  void theSameVersionOfAnotherTransactionIsAnotherRow() {
    memory.put(new State(id, 3, "700"), parts);
    assertThat(memory.find(new State(id, 3, "702"))).isEmpty();
  }

  @Test
  void theNewestStateStays() {
    Parts newer = new Parts(List.of(), List.of());
    memory.put(new State(id, 3, "700"), parts);
    memory.put(new State(id, 4, "705"), newer);
    assertThat(memory.find(new State(id, 4, "705"))).containsSame(newer);
    assertThat(memory.find(new State(id, 3, "700"))).isEmpty();
  }
}
