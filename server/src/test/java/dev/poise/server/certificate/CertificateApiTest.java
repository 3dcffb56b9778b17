package dev.poise.server.certificate;

import static dev.poise.server.certificate.TestAuthority.rsa;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.server.ApiTest;
import dev.poise.server.certificate.TestAuthority.Wish;
import dev.poise.server.identity.ApiKeys;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.Vault.Sealed;
import dev.poise.server.platform.Vaults;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.SpecJson;
import dev.poise.spec.TypeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@ExtendWith(OutputCaptureExtension.class)
class CertificateApiTest extends ApiTest {
  private static final String NEW_MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String OLD_MASTER_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
  private static final TestAuthority CA =
      TestAuthority.selfSigned(valid(Wish.authority("ca")), rsa("root"));
  private static final TestAuthority LEAF =
      CA.issue(valid(Wish.server("a.test").withDomains("a.test", "*.a.test")), rsa("leaf"));
  private static final TestAuthority RENEWED = CA.issue(valid(Wish.server("a.test")), rsa("other"));

  @Autowired private Certificates certificates;
  @Autowired private ApiKeys apiKeys;
  @Autowired private TransactionTemplate transaction;
  @Autowired private JdbcClient db;
  @LocalServerPort private int port;

  private Site site = new Site("", "", "", "", "", "");

  @DynamicPropertySource
  static void masterKeys(DynamicPropertyRegistry registry) {
    registry.add("poise.master-key", () -> NEW_MASTER_KEY + "," + OLD_MASTER_KEY);
  }

  @BeforeEach
  void place() {
    site = site();
  }

  private static Wish valid(Wish wish) {
    return wish.valid(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2090-01-01T00:00:00Z"));
  }

  private Map<String, Object> server(String name, TestAuthority of) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("dataCenterId", site.dataCenter());
    body.put("kind", "SERVER");
    body.put("certificate", of.pem());
    body.put("privateKey", of.pkcs8Pem());
    return body;
  }

  private static String json(Map<String, Object> body) {
    return JSON.writeValueAsString(body);
  }

  private Answer uploaded() {
    return made("/certificates", json(server("web", LEAF)));
  }

  private Answer as(String key, String method, String path, String body) {
    return send(method, "/api/v1" + path, body.isEmpty() ? null : body, Map.of(), key);
  }

  /** Another user of the same tenant, with a key. */
  private String userKey(Caller.Role role) {
    Secret key = Secret.generate(ApiKeys.PREFIX);
    String tenant = admin().tenant().text();
    String user = TypeId.generate("usr", Instant.now());
    db.sql("INSERT INTO users (id, tenant_id, name, role, create_time) VALUES (?, ?, ?, ?, now())")
        .params(user, tenant, "user-" + unique(), role.name())
        .update();
    db.sql(
            "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, create_time) VALUES (?,"
                + " ?, ?, 'k', ?, now())")
        .params(TypeId.generate("key", Instant.now()), tenant, user, key.hash())
        .update();
    return key.text();
  }

  private Caller admin() {
    return apiKeys.authenticate(new Secret(adminKey()), "127.0.0.1", "test").orElseThrow();
  }

  private static CertificateId id(Answer certificate) {
    return new CertificateId(certificate.text("/id"));
  }

  private <T> T inTransaction(Supplier<T> work) {
    return java.util.Objects.requireNonNull(transaction.execute(_ -> work.get()));
  }

  /** A load balancer with a listener that uses the certificate. */
  private record Bound(String loadBalancer, String listener) {}

  private Bound bind(CertificateId... ids) {
    Answer made =
        made(
            "/load-balancers",
            "{\"name\":\"shop\",\"subnetId\":\"%s\",\"listeners\":[{\"protocol\":\"HTTP\",\"port\":80,\"name\":\"front\"}]}"
                .formatted(site.subnet()));
    Answer tree = get("/load-balancers/" + made.text("/id") + "/status-tree");
    String listener = tree.text("/loadBalancer/listeners/0/id");
    Bound bound = new Bound(made.text("/id"), listener);
    setUses(bound, Map.of(new ListenerId(listener), Set.of(ids)));
    return bound;
  }

  private void setUses(Bound bound, Map<ListenerId, Set<CertificateId>> uses) {
    transaction.executeWithoutResult(_ ->
        certificates.setUses(admin().tenant(), new LoadBalancerId(bound.loadBalancer()), uses));
  }

  @Test
  void tellsAllOfAnUploadButTheKey() {
    Answer made = uploaded();
    assertThat(made.headers().firstValue("Location"))
        .contains("/api/v1/certificates/" + made.text("/id"));
    assertThat(made.etag()).isEqualTo("\"1\"");
    assertThat(made.text("/commonName")).isEqualTo("a.test");
    assertThat(made.body().at("/alternativeNames").toString())
        .isEqualTo("[\"a.test\",\"*.a.test\"]");
    assertThat(made.text("/issuer")).isEqualTo("CN=ca");
    assertThat(made.text("/state")).isEqualTo("VALID");
    assertThat(made.text("/sharing")).isEqualTo("PRIVATE");
    assertThat(made.text("/sha256Fingerprint")).hasSize(95);
    assertThat(made.text("/md5Fingerprint")).hasSize(47);
    assertThat(made.text("/digest")).isEqualTo(SpecJson.digest(LEAF.pem() + LEAF.pkcs8Pem()));
    assertThat(made.body().at("/changes").size()).isZero();
    Answer read = get("/certificates/" + made.text("/id"));
    assertThat(read.body().has("changes")).isFalse();
    assertThat(read.text("/notAfterTime")).isEqualTo(made.text("/notAfterTime"));
    assertThat(made.body().toString()).doesNotContain("PRIVATE KEY");
  }

  @Test
  void takesFilesInAForm() throws IOException {
    byte[] form = form(Map.of("name", "file", "dataCenterId", site.dataCenter(), "kind", "SERVER"));
    Answer made = sendForm("/certificates", form);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    assertThat(made.text("/commonName")).isEqualTo("a.test");
    assertThat(made.body().at("/changes/0").asString()).contains("from DER to PEM");
    Answer refused = sendForm("/certificates", form(Map.of("kind", "SERVER", "colour", "red")));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(pointers(refused)).contains("/name", "/dataCenterId", "/colour");
    Answer parsed = sendForm("/certificates:parse", form(Map.of()));
    assertThat(parsed.text("/kind")).isEqualTo("SERVER");
  }

  @Test
  void refusesFilesThatAreTooLarge() throws IOException {
    Answer refused =
        sendForm("/certificates", form(Map.of("name", "x".repeat(1_500_000), "kind", "SERVER")));
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.text("/type")).isEqualTo("/problems/too-large");
  }

  private static final String BOUNDARY = "----test";

  private static byte[] form(Map<String, String> fields) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Map.Entry<String, String> field : fields.entrySet()) {
      body.write(
          part(
              "name=\"" + field.getKey() + "\"",
              field.getValue().getBytes(StandardCharsets.UTF_8)));
    }
    body.write(part("name=\"certificate\"; filename=\"a.cer\"", LEAF.der()));
    body.write(
        part(
            "name=\"privateKey\"; filename=\"a.key\"",
            LEAF.pkcs8Pem().getBytes(StandardCharsets.US_ASCII)));
    body.write(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return body.toByteArray();
  }

  private static byte[] part(String disposition, byte[] content) throws IOException {
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    part.write(
        ("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    part.write(content);
    part.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    return part.toByteArray();
  }

  private Answer sendForm(String path, byte[] form) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .header("Authorization", "Bearer " + adminKey())
            .POST(BodyPublishers.ofByteArray(form))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), JSON.readTree(response.body()), response.headers());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> pointers(Answer answer) {
    return answer
        .body()
        .at("/errors")
        .valueStream()
        .map(it -> it.at("/pointer").asString())
        .toList();
  }

  @Test
  void parsesWithoutKeepingAnything() {
    Answer parsed =
        post(
            "/certificates:parse",
            json(Map.of("certificate", CA.pem() + LEAF.pem(), "privateKey", LEAF.keyPem())));
    assertThat(parsed.status()).isEqualTo(200);
    assertThat(parsed.text("/kind")).isEqualTo("SERVER");
    assertThat(parsed.body().at("/changes").valueStream().map(JsonNode::asString).toList())
        .containsExactly(
            "The private key was converted from PKCS#1 to PKCS#8.",
            "The chain was put into order.",
            "The root certificate 'ca' was left out: clients that trust it have it.");
    assertThat(
            get("/certificates?dataCenterId=" + site.dataCenter()).body().at("/totalSize").asInt())
        .isZero();
  }

  @Test
  void aDryRunTellsAllAndKeepsNothing() {
    Answer would = post("/certificates?dryRun=true", json(server("web", LEAF)));
    assertThat(would.status()).isEqualTo(200);
    assertThat(get("/certificates/" + would.text("/id")).status()).isEqualTo(404);
  }

  @Test
  void refusalsNameTheFieldAndTheProblem() {
    Map<String, Object> body = server("web", LEAF);
    body.put("privateKey", RENEWED.pkcs8Pem());
    Answer mismatch = post("/certificates", json(body));
    assertThat(mismatch.status()).isEqualTo(422);
    assertThat(mismatch.text("/type")).isEqualTo("/problems/certificate-key-mismatch");
    assertThat(mismatch.text("/errors/0/pointer")).isEqualTo("/privateKey");
    body.put("certificate", "hello");
    Answer nonsense = post("/certificates", json(body));
    assertThat(nonsense.status()).isEqualTo(422);
    assertThat(nonsense.text("/type")).isEqualTo("/problems/validation-failed");
    assertThat(nonsense.text("/errors/0/code")).isEqualTo("not-pem");
    Answer empty = post("/certificates", "{}");
    assertThat(pointers(empty)).contains("/name", "/dataCenterId", "/kind", "/certificate");
  }

  @Test
  void namesAreUniqueForTheirCreator() {
    uploaded();
    Answer again = post("/certificates", json(server("web", LEAF)));
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("/type")).isEqualTo("/problems/name-in-use");
    String other = made("/certificates", json(server("other", LEAF))).text("/id");
    assertThat(patch("/certificates/" + other, "{\"name\":\"web\"}").status()).isEqualTo(409);
    Map<String, Object> theirs = server("web", LEAF);
    assertThat(as(userKey(Caller.Role.TENANT_USER), "POST", "/certificates", json(theirs)).status())
        .isEqualTo(201);
  }

  @Test
  void aPrivateCertificateIsItsCreatorsAlone() {
    String user = userKey(Caller.Role.TENANT_USER);
    String path =
        "/certificates/"
            + as(user, "POST", "/certificates", json(server("mine", LEAF))).text("/id");
    assertThat(as(user, "GET", path, "").status()).isEqualTo(200);
    for (String other : List.of(adminKey(), userKey(Caller.Role.TENANT_ADMIN))) {
      assertThat(as(other, "GET", path, "").status()).isEqualTo(404);
      assertThat(as(other, "PATCH", path, "{\"name\":\"x\"}").status()).isEqualTo(404);
      assertThat(as(other, "DELETE", path, "").status()).isEqualTo(404);
      assertThat(as(other, "GET", "/certificates?pageSize=500", "").body().toString())
          .doesNotContain(path.substring(path.lastIndexOf('/') + 1));
    }
  }

  @Test
  void aSharedCertificateIsUsedByAllAndChangedByFew() {
    String creator = userKey(Caller.Role.TENANT_USER);
    Map<String, Object> body = server("ours", LEAF);
    body.put("sharing", "TENANT");
    String path = "/certificates/" + as(creator, "POST", "/certificates", json(body)).text("/id");
    String user = userKey(Caller.Role.TENANT_USER);
    assertThat(as(user, "GET", path, "").status()).isEqualTo(200);
    assertThat(as(user, "PATCH", path, "{\"remark\":\"x\"}").status()).isEqualTo(403);
    assertThat(as(user, "DELETE", path, "").status()).isEqualTo(403);
    String admin = userKey(Caller.Role.TENANT_ADMIN);
    assertThat(as(admin, "PATCH", path, "{\"remark\":\"x\"}").text("/remark")).isEqualTo("x");
    assertThat(as(admin, "PATCH", path, "{\"sharing\":\"PRIVATE\"}").status()).isEqualTo(403);
    assertThat(as(creator, "PATCH", path, "{\"sharing\":\"PRIVATE\"}").status()).isEqualTo(200);
    assertThat(as(user, "GET", path, "").status()).isEqualTo(404);
    assertThat(as(creator, "DELETE", path, "").status()).isEqualTo(204);
  }

  @Test
  void kindAndDataCentreAreFixed() {
    Answer refused = patch("/certificates/" + uploaded().text("/id"), "{\"kind\":\"CLIENT_CA\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/immutable-field");
  }

  @Test
  void changesOfAnOlderVersionAreRefused() {
    String path = "/certificates/" + uploaded().text("/id");
    assertThat(patch(path, "{\"remark\":\"new\"}").etag()).isEqualTo("\"2\"");
    assertThat(call("DELETE", path, null, Map.of("If-Match", "\"1\"")).status()).isEqualTo(412);
    assertThat(call("DELETE", path, null, Map.of("If-Match", "\"2\"")).status()).isEqualTo(204);
    assertThat(get(path).status()).isEqualTo(404);
  }

  @Test
  void listsAreFilteredByKindDataCentreAndText() {
    uploaded();
    Map<String, Object> ca = new LinkedHashMap<>();
    ca.put("name", "clients");
    ca.put("dataCenterId", site.dataCenter());
    ca.put("kind", "CLIENT_CA");
    ca.put("certificate", CA.pem());
    made("/certificates", json(ca));
    String all = "/certificates?dataCenterId=" + site.dataCenter();
    assertThat(get(all).body().at("/totalSize").asInt()).isEqualTo(2);
    assertThat(get(all + "&kind=CLIENT_CA").text("/items/0/name")).isEqualTo("clients");
    assertThat(get(all + "&q=*.a.test").text("/items/0/name")).isEqualTo("web");
    assertThat(get(all + "&q=*.a.test").body().at("/totalSize").asInt()).isEqualTo(1);
  }

  @Test
  void aCertificateInUseIsNotDeletedAndSaysWhere() {
    Answer made = uploaded();
    Bound bound = bind(id(made));
    Answer refused = delete("/certificates/" + made.text("/id"));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/certificate-in-use");
    assertThat(refused.text("/detail"))
        .contains("'shop'", bound.loadBalancer(), "'front'", bound.listener());
    String list = "/certificates?state=VALID&state=EXPIRING&dataCenterId=" + site.dataCenter();
    assertThat(get(list).body().toString()).contains(made.text("/id"));
    assertThat(get(list + "&format=csv").body().asString())
        .contains(made.text("/id"))
        .doesNotContain("PRIVATE KEY");
    Answer read = get("/certificates/" + made.text("/id"));
    assertThat(read.text("/usedBy/0/loadBalancerId")).isEqualTo(bound.loadBalancer());
    assertThat(read.text("/usedBy/0/listenerName")).isEqualTo("front");

    String free = made("/certificates", json(server("free", LEAF))).text("/id");
    String none = CertificateId.generate(Instant.now()).text();
    Answer batch =
        post(
            "/certificates:batchDelete",
            "{\"ids\":[\"%s\",\"%s\",\"%s\"]}".formatted(made.text("/id"), free, none));
    assertThat(batch.status()).isEqualTo(200);
    Map<String, Integer> results =
        batch
            .body()
            .at("/results")
            .valueStream()
            .collect(
                Collectors.toMap(it -> it.at("/id").asString(), it -> it.at("/status").asInt()));
    assertThat(results).isEqualTo(Map.of(made.text("/id"), 409, free, 204, none, 404));
    assertThat(batch.body().toString()).contains("/problems/certificate-in-use");
    assertThat(get("/certificates/" + free).status()).isEqualTo(404);

    setUses(bound, Map.of());
    assertThat(delete("/certificates/" + made.text("/id")).status()).isEqualTo(204);
  }

  @Test
  void isUsedByThoseWhoMayAndForWhatItIs() {
    Answer made = uploaded();
    Usable usable = inTransaction(() -> certificates.use(admin(), id(made), Kind.SERVER));
    assertThat(usable.bundle().digest()).isEqualTo(made.text("/digest"));
    assertThat(usable.domains()).containsExactly("a.test", "*.a.test");
    assertThat(usable.dataCenter().text()).isEqualTo(site.dataCenter());
    assertThatThrownBy(
            () -> inTransaction(() -> certificates.use(admin(), id(made), Kind.CLIENT_CA)))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("cannot check clients");
    Caller other =
        apiKeys.authenticate(new Secret(userKey(Caller.Role.TENANT_ADMIN)), "", "").orElseThrow();
    assertThatThrownBy(() -> inTransaction(() -> certificates.use(other, id(made), Kind.SERVER)))
        .isInstanceOf(Refusal.NotFound.class);
    db.sql("UPDATE certificates SET not_after = now() - interval '1 second' WHERE id = ?")
        .param(made.text("/id"))
        .update();
    assertThat(get("/certificates/" + made.text("/id")).text("/state")).isEqualTo("EXPIRED");
    assertThatThrownBy(() -> inTransaction(() -> certificates.use(admin(), id(made), Kind.SERVER)))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("expired");
  }

  @Test
  void materialGoesToClustersThatServeItAndToNoOthers() {
    Answer made = uploaded();
    String digest = made.text("/digest");
    ClusterId cluster = new ClusterId(site.cluster());
    assertThat(certificates.bundles(cluster, List.of(digest))).as("not used yet").isEmpty();
    Bound bound = bind(id(made));
    assertThat(certificates.bundles(cluster, List.of(digest, "0".repeat(64))))
        .containsExactly(new BundleAnswer.Bundle(digest, LEAF.pem() + LEAF.pkcs8Pem()));
    assertThat(certificates.bundles(new ClusterId(site().cluster()), List.of(digest))).isEmpty();
    assertThat(delete("/load-balancers/" + bound.loadBalancer()).status()).isEqualTo(202);
    assertThat(certificates.bundles(cluster, List.of(digest))).as("deleted").isEmpty();
  }

  @Test
  void newMaterialHasANewDigestAndKeepsTheId() {
    Answer made = uploaded();
    bind(id(made));
    Material material = new Material(RENEWED.pem() + CA.pem(), RENEWED.pkcs8Pem(), null);
    Replaced replaced =
        inTransaction(
            () -> certificates.replaceMaterial(admin(), id(made), Conditions.NONE, material));
    assertThat(replaced.usable().id()).isEqualTo(id(made));
    assertThat(replaced.usable().bundle().digest())
        .isEqualTo(SpecJson.digest(RENEWED.pem() + RENEWED.pkcs8Pem()));
    assertThat(replaced.changes()).hasSize(1);
    assertThat(replaced.certificate().usedBy()).hasSize(1);
    assertThat(replaced.version()).isEqualTo(2);
    ClusterId cluster = new ClusterId(site.cluster());
    assertThat(certificates.bundles(cluster, List.of(made.text("/digest")))).isEmpty();
    assertThat(certificates.bundles(cluster, List.of(replaced.usable().bundle().digest())))
        .hasSize(1);
    assertThatThrownBy(() ->
            inTransaction(() ->
                certificates.replaceMaterial(admin(), id(made), new Conditions("\"1\""), material)))
        .isInstanceOf(Refusal.PreconditionFailed.class);
  }

  @Test
  void theSameRequestTwiceMakesOneCertificate() {
    Map<String, String> once = Map.of("Idempotency-Key", "key-" + unique());
    String body = json(server("web", LEAF));
    Answer first = call("POST", "/certificates", body, once);
    assertThat(call("POST", "/certificates", body, once).text("/id")).isEqualTo(first.text("/id"));
  }

  @Test
  void noPrivateKeyIsInAnyTableOrLog(CapturedOutput log) {
    Answer made =
        call(
            "POST",
            "/certificates",
            json(server("web", LEAF)),
            Map.of("Idempotency-Key", "key-" + unique()));
    String path = "/certificates/" + made.text("/id");
    bind(id(made));
    patch(path, "{\"remark\":\"x\"}");
    Map<String, Object> wrong = server("wrong", RENEWED);
    wrong.put("privateKey", LEAF.pkcs8Pem());
    wrong.put("password", "correct horse battery");
    post("/certificates", json(wrong));
    post("/certificates", json(wrong).replace("\"kind\"", "\"kin\""));
    delete(path);
    String key = LEAF.pkcs8Pem().lines().skip(5).findFirst().orElseThrow();
    List<String> secrets =
        List.of(
            key,
            "correct horse battery",
            Base64.getEncoder()
                .encodeToString(LEAF.pkcs8Pem().getBytes(StandardCharsets.US_ASCII))
                .substring(200, 260),
            "BEGIN PRIVATE KEY");
    String database = everyRow();
    assertThat(database).contains(made.text("/digest"));
    for (String secret : secrets) {
      assertThat(database).doesNotContain(secret).doesNotContain(hex(secret));
      assertThat(log.getAll()).doesNotContain(secret);
    }
  }

  private static String hex(String text) {
    return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Every row of every table as text; what is binary as hexadecimal digits. */
  private String everyRow() {
    List<String> tables =
        db.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
            .query((row, _) -> row.getString("table_name"))
            .list();
    assertThat(tables).contains("certificates", "audit_events", "idempotency_keys");
    return tables.stream()
        .flatMap(table ->
            db
                .sql("SELECT t::text AS content FROM " + table + " AS t")
                .query((row, _) -> row.getString("content"))
                .list()
                .stream())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void anOldMasterKeyIsReplacedByTheNewOne() {
    Answer made = uploaded();
    bind(id(made));
    String pem = LEAF.pem() + LEAF.pkcs8Pem();
    Sealed old = Vaults.of(OLD_MASTER_KEY).seal(id(made).text(), pem);
    db.sql("UPDATE certificates SET master_key_id = ?, wrapped_key = ?, secret = ? WHERE id = ?")
        .params(old.masterKeyId(), old.wrappedKey(), old.secret(), made.text("/id"))
        .update();
    ClusterId cluster = new ClusterId(site.cluster());
    BundleAnswer.Bundle bundle = new BundleAnswer.Bundle(made.text("/digest"), pem);
    assertThat(certificates.bundles(cluster, List.of(bundle.digest()))).containsExactly(bundle);

    assertThat(as(userKey(Caller.Role.TENANT_ADMIN), "POST", "/certificates:rewrap", "").status())
        .isEqualTo(403);
    Answer done = post("/certificates:rewrap", "");
    assertThat(done.body().at("/rewrapped").asInt()).isEqualTo(1);
    assertThat(
            db.sql("SELECT count(*) FROM certificates WHERE master_key_id <> ?")
                .param(done.text("/masterKeyId"))
                .query(Long.class)
                .single())
        .isZero();
    assertThat(certificates.bundles(cluster, List.of(bundle.digest()))).containsExactly(bundle);
  }
}
