package dev.poise.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.loadbalancer.TestCertificate;
import dev.poise.server.platform.Caller.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class AuditApiTest extends ApiTest {
  private static final TestCertificate SHOP = TestCertificate.server("shop.test");

  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private Person maker = new Person("", "", "", "");
  private Person colleague = maker;
  private Person administrator = maker;
  private String balancer = "";
  private String pool = "";

  @BeforeEach
  void aLoadBalancer() {
    site = site();
    TestPeople people = new TestPeople(db);
    String tenant = people.tenant();
    maker = people.userIn(tenant, Role.TENANT_USER);
    colleague = people.userIn(tenant, Role.TENANT_USER);
    administrator = people.userIn(tenant, Role.TENANT_ADMIN);
    String vpc =
        make("/vpcs", "{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()));
    String subnet =
        make(
            "/subnets",
            "{\"name\":\"s\",\"vpcId\":\"%s\",\"cidr\":\"10.4.0.0/24\"}".formatted(vpc));
    balancer =
        make(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,
             "defaultPool":{"members":[{"address":"10.3.0.1","port":80},{"address":"10.3.0.2","port":80}]}}]}
            """
                .formatted(subnet));
    pool =
        call(maker, "GET", "/load-balancers/" + balancer, null).text("/listeners/0/defaultPoolId");
  }

  private Answer call(Person person, String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), person.key());
  }

  private String make(String path, String body) {
    Answer made = call(maker, "POST", path, body);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return made.text("/id");
  }

  private List<JsonNode> events(Person person, String query) {
    Answer answer = call(person, "GET", "/audit-events?pageSize=100&" + query, null);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return new ArrayList<>(answer.body().at("/items").values());
  }

  private static List<String> actions(List<JsonNode> events) {
    return events.stream().map(event -> event.at("/action").asString()).toList();
  }

  private String member() {
    return call(maker, "GET", "/pools/" + pool + "/members", null).text("/items/0/id");
  }

  @Test
  void anEditOfOneMemberTellsThatAndNothingElse() {
    String member = member();
    Answer edited =
        send(
            "PATCH",
            "/api/v1/members/" + member,
            "{\"weight\":7}",
            Map.of("X-Request-Id", "edit-" + member),
            maker.key());
    assertThat(edited.status()).isEqualTo(200);
    JsonNode event = events(administrator, "resourceId=" + member).getLast();
    assertThat(event.at("/action").asString()).isEqualTo("member.update");
    assertThat(event.at("/userId").asString()).isEqualTo(maker.user());
    assertThat(event.at("/actorId").asString()).isEqualTo(maker.keyId());
    assertThat(event.at("/sourceAddress").asString()).isEqualTo("127.0.0.1");
    assertThat(event.at("/requestId").asString()).isEqualTo("edit-" + member);
    assertThat(event.at("/resourceId").asString()).isEqualTo(member);
    assertThat(event.at("/partOfId").asString()).isEqualTo(balancer);
    assertThat(event.at("/createTime").asString()).endsWith("Z");
    assertThat(event.at("/before/id").asString()).isEqualTo(member);
    assertThat(event.at("/before/weight").asInt()).isEqualTo(1);
    assertThat(event.at("/before").has("address")).isFalse();
    assertThat(event.at("/after/weight").asInt()).isEqualTo(7);
    assertThat(event.toString()).hasSizeLessThan(1000);
  }

  @Test
  void whatIsMadeAndWhatIsDeletedIsToldAsAWhole() {
    call(maker, "DELETE", "/load-balancers/" + balancer, null);
    List<JsonNode> events = events(administrator, "resourceId=" + balancer);
    assertThat(actions(events)).containsExactly("load-balancer.create", "load-balancer.delete");
    assertThat(events.getFirst().has("before")).isFalse();
    assertThat(events.getFirst().at("/after/pools/0/members").size()).isEqualTo(2);
    assertThat(events.getLast().at("/before/pools/0/members").size()).isEqualTo(2);
    assertThat(events.getLast().has("after")).isFalse();
  }

  @Test
  void findsByUserKeyActionRequestAndTime() {
    String member = member();
    call(administrator, "POST", "/members/" + member + ":disable", null);
    assertThat(actions(events(administrator, "userId=" + administrator.user())))
        .containsExactly("member.disable");
    assertThat(actions(events(administrator, "actorId=" + administrator.keyId())))
        .containsExactly("member.disable");
    assertThat(actions(events(administrator, "action=vpc.create"))).containsExactly("vpc.create");
    assertThat(actions(events(administrator, "resourceId=" + balancer)))
        .containsExactly("load-balancer.create", "member.disable");
    JsonNode last = events(administrator, "orderBy=createTime%20desc").getFirst();
    assertThat(last.at("/action").asString()).isEqualTo("member.disable");
    String time = last.at("/createTime").asString();
    assertThat(actions(events(administrator, "since=" + time))).contains("member.disable");
    assertThat(actions(events(administrator, "until=" + time))).doesNotContain("member.disable");
    assertThat(events(administrator, "requestId=" + last.at("/requestId").asString())).hasSize(1);
    assertThat(call(administrator, "GET", "/audit-events?since=yesterday", null).status())
        .isEqualTo(400);
  }

  @Test
  void pagesGoThroughAllOfThem() {
    List<String> all = new ArrayList<>();
    String path = "/audit-events?pageSize=1";
    String token = "";
    do {
      Answer page =
          call(administrator, "GET", path + (token.isEmpty() ? "" : "&pageToken=" + token), null);
      page.body().at("/items").values().forEach(it -> all.add(it.at("/action").asString()));
      assertThat(page.body().at("/totalSize").asInt()).isEqualTo(3);
      token = page.text("/nextPageToken");
    } while (!token.isEmpty());
    assertThat(all).containsExactly("vpc.create", "subnet.create", "load-balancer.create");
  }

  @Test
  void aUserSeesWhatWasDoneToWhatItSees() {
    db.sql(
            """
            INSERT INTO audit_events (id, tenant_id, event_time, user_id, actor, source_address, request_id, action, resource_id)
            VALUES (?, ?, now(), ?, 'key_x', '', '', 'user.create', ?)
            """)
        .params("evt_" + maker.user(), maker.tenant(), administrator.user(), colleague.user())
        .update();
    assertThat(actions(events(colleague, ""))).contains("load-balancer.create", "vpc.create");
    assertThat(actions(events(colleague, ""))).doesNotContain("user.create");
    assertThat(actions(events(administrator, ""))).contains("user.create");
    Person stranger = new TestPeople(db).userIn(new TestPeople(db).tenant(), Role.TENANT_ADMIN);
    assertThat(events(stranger, "")).isEmpty();
    assertThat(events(stranger, "resourceId=" + balancer)).isEmpty();
  }

  @Test
  void whatAPrivateCertificateIsLikeItsCreatorAloneReads() {
    String certificate =
        make(
            "/certificates",
            JSON.writeValueAsString(
                Map.of(
                    "name", "mine",
                    "dataCenterId", site.dataCenter(),
                    "kind", "SERVER",
                    "certificate", SHOP.certificate(),
                    "privateKey", SHOP.key())));
    String query = "resourceId=" + certificate;
    assertThat(events(maker, query).getFirst().at("/after/name").asString()).isEqualTo("mine");
    assertThat(events(maker, query).toString()).doesNotContain("PRIVATE KEY");
    JsonNode seen = events(administrator, query).getFirst();
    assertThat(seen.at("/action").asString()).isEqualTo("certificate.create");
    assertThat(seen.at("/userId").asString()).isEqualTo(maker.user());
    assertThat(seen.toString()).doesNotContain("shop.test").doesNotContain("mine");
    assertThat(seen.has("after")).isFalse();
    assertThat(events(colleague, query)).isEmpty();
    call(maker, "PATCH", "/certificates/" + certificate, "{\"sharing\":\"TENANT\"}");
    assertThat(actions(events(colleague, query))).containsExactly("certificate.update");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE audit_events SET actor = 'nobody'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events"
      })
  void theDatabaseRefusesToChangeThePast(String statement) {
    assertThatThrownBy(() -> db.sql(statement).update())
        .isInstanceOf(DataAccessException.class)
        .rootCause()
        .hasMessageContaining("audit_events is append-only");
    assertThat(events(administrator, "resourceId=" + balancer)).hasSize(1);
  }

  @Test
  void whatWasRefusedOrTriedDryIsNotNoted() {
    call(colleague, "PATCH", "/load-balancers/" + balancer, "{\"name\":\"x\"}");
    call(maker, "PATCH", "/load-balancers/" + balancer + "?dryRun=true", "{\"name\":\"x\"}");
    call(maker, "PATCH", "/load-balancers/" + balancer, "{\"name\":\"web\"}");
    assertThat(events(administrator, "resourceId=" + balancer)).hasSize(1);
  }
}
