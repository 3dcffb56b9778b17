package dev.poise.server.fleet;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.spec.RoleReport.Role;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A cluster with VRRP and two nodes that say what they are told here. */
abstract class PairApiTest extends ApiTest {
  @Autowired private JdbcClient db;
  Site one = new Site("", "", "", "", "", "");
  Site two = one;
  TestNode first = new TestNode(this::agent, one);
  TestNode second = first;

  @BeforeEach
  void pair() {
    one = site();
    patch("/nodes/" + one.node(), "{\"address\":\"10.9.0.1\"}");
    two = another("node-2", "10.9.0.2");
    patch(cluster(), "{\"vrrp\":{\"interface\":\"eth0\"}}");
    first = new TestNode(this::agent, one);
    second = new TestNode(this::agent, two);
    first.is(Role.PRIMARY);
    second.is(Role.BACKUP);
  }

  String cluster() {
    return "/clusters/" + one.cluster();
  }

  Site another(String name, String address) {
    Answer made =
        made(cluster() + "/nodes", "{\"name\":\"%s\",\"address\":\"%s\"}".formatted(name, address));
    return new Site(
        one.dataCenter(),
        one.vpc(),
        one.subnet(),
        one.cluster(),
        made.text("/id"),
        made.text("/key"));
  }

  /** Moves times of what a node said a minute into the past; column names with spaces between. */
  void age(String columns, Site node) {
    StringBuilder earlier = new StringBuilder();
    for (String column : columns.split(" ", -1))
      earlier.append(", %1$s = %1$s - interval '1 minute'".formatted(column));
    db.sql("UPDATE node_observations SET " + earlier.substring(2) + " WHERE node_id = :id")
        .param("id", node.node())
        .update();
  }
}
