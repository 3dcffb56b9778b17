package dev.poise.agent;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Scratch;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberReport.Health;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A whole agent with files of its own, and a server that remembers what it was told. */
abstract class AgentUnderTest {
  Scratch scratch;
  FakeServer server;
  String nft = "nft";
  private @Nullable Node running;

  @BeforeEach
  void prepareAgent() throws Exception {
    scratch = Scratch.create();
    server = new FakeServer();
    Files.writeString(scratch.directory().resolve("key"), server.key + "\n");
  }

  @AfterEach
  void endAgent() throws Exception {
    stopAgent();
    nft = "nft";
    stopAll();
    server.close();
    scratch.close();
  }

  AgentConfig config() {
    return Configs.withNft(nft, server, scratch);
  }

  void startAgent() throws Exception {
    running = Node.start(config(), "test");
  }

  void stopAgent() throws Exception {
    Node node = running;
    if (node != null) node.stop();
    running = null;
  }

  /** Ends what the agent leaves, and returns what was printed. */
  String stopAll() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    new StopAll(config(), new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
    return printed.toString(StandardCharsets.UTF_8);
  }

  void applied(LoadBalancerId id, long generation) throws Exception {
    Await.until(id + " applied", () -> server.isApplied(id, generation));
  }

  void healthy(LoadBalancerId id) throws Exception {
    Await.until("healthy", () -> isEverybody(id, Health.HEALTHY));
  }

  boolean isEverybody(LoadBalancerId id, Health health) {
    return server.of(id).members().stream().allMatch(member -> member.health() == health);
  }
}
