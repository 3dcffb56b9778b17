package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.spec.SpecJson;
import dev.poise.standalone.ProcessIdentity;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A description that HAProxy refuses. The API lets none through, so it is put below the API. */
@ExtendWith(Worlds.class)
class RefusalTest {
  private static final int WEB = 80;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Test
  void aRefusalShowsInTheToolsWordsHarmsNobodyAndIsHealedByTheNextGoodEdit(World world)
      throws IOException, SQLException {
    HttpBackend web = world.http("web");
    HttpBackend other = world.http("other");
    Balancer broken = world.balancer(Recipe.http(WEB).members(web));
    Balancer neighbour = world.balancer(Recipe.http(WEB).members(other));
    broken.awaitServing(WEB);
    neighbour.awaitServing(WEB);
    ProcessIdentity brokensHaproxy = world.haproxy(broken);
    ProcessIdentity neighboursHaproxy = world.haproxy(neighbour);

    try (Load load = Load.httpKeepAlive(broken.at(WEB), 2);
        Load neighbours = Load.httpKeepAlive(neighbour.at(WEB), 2)) {
      breakSpec(world, broken);
      JsonNode refused =
          Await.until(
              "the refusal shows",
              Duration.ofSeconds(15),
              broken::now,
              now -> now.path("state").asString().equals("FAILED"));
      JsonNode refusal = refused.path("refusal");
      assertThat(refusal.path("message").asString()).contains("70000");
      assertThat(refusal.path("node").asString()).isEqualTo("node-1");
      assertThat(refusal.path("since").asString()).isNotEmpty();
      assertThat(refused.path("appliedGeneration").asLong())
          .isLessThan(refused.path("generation").asLong());
      load.awaitAnswers(100);
      neighbours.awaitAnswers(100);
      assertThat(load.stop().reasons()).as("what served before goes on").isEmpty();
      assertThat(neighbours.stop().reasons()).as("the neighbour").isEmpty();
    }
    assertThat(world.haproxy(broken)).isEqualTo(brokensHaproxy);
    assertThat(world.haproxy(neighbour)).isEqualTo(neighboursHaproxy);
    assertThat(neighbour.state()).isEqualTo("ACTIVE");
    neighbour.patch(neighbour.memberPath(WEB, other), Map.of("weight", 2));

    broken.patch(broken.memberPath(WEB, web), Map.of("weight", 2));
    assertThat(broken.now().has("refusal")).isFalse();
    broken.awaitServing(WEB);
  }

  /**
   * Gives the listener a port that no machine has, as the server would publish any other change.
   */
  private static void breakSpec(World world, Balancer balancer) throws SQLException {
    try (Connection connection = world.sql()) {
      connection.setAutoCommit(false);
      ObjectNode spec = (ObjectNode) JSON.readTree(spec(connection, balancer));
      long generation = spec.path("generation").asLong() + 1;
      spec.put("generation", generation);
      ((ObjectNode) spec.path("listeners").path(0)).put("port", 70_000);
      String text = JSON.writeValueAsString(spec);
      update(
          connection,
          "UPDATE load_balancers SET spec = ?, spec_digest = ?, generation = generation + 1"
              + " WHERE id = ?",
          text,
          SpecJson.digest(text),
          balancer.id());
      String cluster = world.site().cluster();
      update(connection, "UPDATE clusters SET revision = revision + 1 WHERE id = ?", cluster);
      update(connection, "SELECT pg_notify('poise', ?)", cluster);
      connection.commit();
    }
  }

  private static String spec(Connection connection, Balancer balancer) throws SQLException {
    String query = "SELECT spec FROM load_balancers WHERE id = ? FOR UPDATE";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, balancer.id());
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getString(1);
      }
    }
  }

  private static void update(Connection connection, String sql, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) statement.setString(i + 1, parameters[i]);
      statement.execute();
    }
  }
}
