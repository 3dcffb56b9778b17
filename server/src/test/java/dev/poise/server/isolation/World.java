package dev.poise.server.isolation;

import dev.poise.server.ApiTest.Answer;
import dev.poise.server.ApiTest.Site;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.identity.ApiKeyId;
import dev.poise.server.identity.SessionId;
import dev.poise.server.identity.UserId;
import dev.poise.server.loadbalancer.TestCertificate;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.ElasticIpId;
import dev.poise.server.network.ElasticIpPoolId;
import dev.poise.server.network.InstanceId;
import dev.poise.server.network.SubnetId;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.TenantId;
import dev.poise.server.securitygroup.GroupRuleId;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.NodeId;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import dev.poise.spec.VpcId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tenant that has one of everything, made by one of its users, and those who look at it. Whatever
 * can be named is named with {@link #CANARY}, so that one search through an answer tells whether
 * anything of the tenant is in it.
 *
 * <p>A route with an id of a new type needs a thing of that type here, in {@link #owned} if tenants
 * have such things or in {@link #common} if the platform has them; a route with a body of a new
 * type needs one in {@link #bodies}.
 */
final class World {
  static final String CANARY = "canary of the first tenant";
  private static final TestCertificate SERVER = TestCertificate.server("shop.test");
  private static final TestCertificate OTHER = TestCertificate.server("other.test");
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Calls the API. */
  interface Api {
    Answer call(String method, String path, @Nullable String body, @Nullable String key);
  }

  private final Api api;

  final Person maker;
  final Person colleague;
  final Person administrator;
  final Person stranger;

  /** What the tenant has, by the types of their ids. */
  final Map<Class<?>, String> owned = new HashMap<>();

  /** What the platform has. */
  final Map<Class<?>, String> common = new HashMap<>();

  /** What of it nothing else is in, so that it can be deleted. */
  final Map<Class<?>, String> empty = new HashMap<>();

  /** A body of each type that is asked for; what it refers to is the tenant's. */
  final Map<String, String> bodies = new HashMap<>();

  /** What stands for a table where one is taken. */
  static final String TABLE = "name,addresses\nn,10.5.0.202\n";

  /** What else is in queries, by its name. */
  final Map<String, String> parameters =
      Map.of("removeMembers", "true", "domain", "a.test", "force", "true");

  /** A certificate that only its maker knows of. */
  final String privateCertificate;

  World(Api api, TestPeople people, Site site, String elasticIpPool) {
    this.api = api;
    String tenant = people.tenant();
    maker = people.userIn(tenant, Role.TENANT_USER);
    colleague = people.userIn(tenant, Role.TENANT_USER);
    administrator = people.userIn(tenant, Role.TENANT_ADMIN);
    stranger = people.userIn(people.tenant(), Role.TENANT_ADMIN);
    common.put(DataCenterId.class, site.dataCenter());
    common.put(ClusterId.class, site.cluster());
    common.put(NodeId.class, site.node());
    // One that has nothing, so that it may be deleted.
    common.put(TenantId.class, people.tenant());
    owned.put(UserId.class, maker.user());
    owned.put(ApiKeyId.class, maker.keyId());
    owned.put(SessionId.class, people.session(maker));
    common.put(ElasticIpPoolId.class, elasticIpPool);
    networks(site);
    inventory(site);
    balancer();
    securityGroup(site);
    owned.put(CertificateId.class, certificate(site, "TENANT"));
    privateCertificate = certificate(site, "PRIVATE");
    bodies(site);
  }

  /** What may be in no answer to another tenant. */
  Set<String> secrets() {
    Set<String> all = new HashSet<>(owned.values());
    all.add(privateCertificate);
    all.add(maker.user());
    all.add(CANARY);
    return all;
  }

  /** All that the tenant has, as its maker sees it. */
  String state() {
    StringBuilder all = new StringBuilder();
    for (String list :
        List.of(
            "/vpcs",
            "/subnets",
            "/elastic-ips",
            "/instances",
            "/certificates",
            "/security-groups",
            "/quotas")) all.append(read(list).body()).append('\n');
    return all.append(
            read("/load-balancers/" + owned.get(LoadBalancerId.class) + "/status-tree").body())
        .toString();
  }

  private void networks(Site site) {
    String vpc =
        made("/vpcs", Map.of("name", CANARY, "dataCenterId", site.dataCenter())).text("/id");
    owned.put(VpcId.class, vpc);
    owned.put(
        SubnetId.class,
        made("/subnets", Map.of("name", CANARY, "vpcId", vpc, "cidr", "10.5.0.0/24")).text("/id"));
  }

  private void inventory(Site site) {
    owned.put(
        ElasticIpId.class,
        made("/elastic-ips", Map.of("name", CANARY, "dataCenterId", site.dataCenter()))
            .text("/id"));
    owned.put(
        InstanceId.class,
        made(
                "/instances",
                Map.of(
                    "name", CANARY, "vpcId", id(VpcId.class), "addresses", List.of("10.5.0.200")))
            .text("/id"));
    String vpc =
        made("/vpcs", Map.of("name", CANARY + " empty", "dataCenterId", site.dataCenter()))
            .text("/id");
    empty.put(VpcId.class, vpc);
    empty.put(
        SubnetId.class,
        made(
                "/subnets",
                Map.of("name", CANARY + " empty", "vpcId", id(VpcId.class), "cidr", "10.7.0.0/24"))
            .text("/id"));
  }

  private void balancer() {
    String all =
        """
        {"name":"NAME","subnetId":"%s","networkType":"INTERNET",
         "pools":[{"name":"spare","remark":"NAME","members":[{"name":"NAME","address":"10.5.0.9","port":80}]}],
         "listeners":[{"name":"NAME","protocol":"HTTP","port":80,
           "rules":[{"domain":"a.test","action":{"fixedResponse":{"status":503,"body":"NAME"}}}]}]}
        """
            .formatted(owned.get(SubnetId.class))
            .replace("NAME", CANARY);
    Answer made = made("/load-balancers", JSON.readValue(all, Map.class));
    String listener = made.text("/listeners/0/id");
    String pool =
        read("/load-balancers/" + made.text("/id") + "/pools?q=spare").text("/items/0/id");
    owned.put(LoadBalancerId.class, made.text("/id"));
    owned.put(ListenerId.class, listener);
    owned.put(PoolId.class, pool);
    owned.put(RuleId.class, read("/listeners/" + listener + "/rules").text("/items/0/id"));
    owned.put(MemberId.class, read("/pools/" + pool + "/members").text("/items/0/id"));
  }

  private void securityGroup(Site site) {
    Map<String, Object> group =
        Map.of(
            "name",
            CANARY,
            "dataCenterId",
            site.dataCenter(),
            "rules",
            new Object[] {groupRule(CANARY)});
    Answer made = made("/security-groups", group);
    owned.put(SecurityGroupId.class, made.text("/id"));
    owned.put(GroupRuleId.class, made.text("/rules/0/id"));
  }

  private static Map<String, Object> groupRule(String description) {
    return Map.of(
        "direction",
        "INGRESS",
        "protocol",
        "TCP",
        "cidrs",
        new Object[] {"10.0.0.0/8"},
        "action",
        "ACCEPT",
        "priority",
        1,
        "description",
        description);
  }

  private String certificate(Site site, String sharing) {
    return made(
            "/certificates",
            Map.of(
                "name",
                CANARY + " " + sharing,
                "dataCenterId",
                site.dataCenter(),
                "kind",
                "SERVER",
                "sharing",
                sharing,
                "certificate",
                SERVER.certificate(),
                "privateKey",
                SERVER.key()))
        .text("/id");
  }

  private void bodies(Site site) {
    Map<String, Object> redirect = Map.of("redirect", Map.of("location", "http://elsewhere.test/"));
    Map<String, Object> member = Map.of("address", "10.5.0.8", "port", 80);
    Map<String, String> material =
        Map.of("certificate", OTHER.certificate(), "privateKey", OTHER.key());
    body("MergePatch", Map.of());
    body("LoadBalancerInput", Map.of("name", "n", "subnetId", id(SubnetId.class)));
    body("ListenerInput", Map.of("protocol", "HTTP", "port", 8081));
    body("PoolInput", Map.of("name", "another"));
    body("MemberInput", member);
    body("MemberController$MemberSet", Map.of("members", new Object[] {member}));
    body("RuleInput", Map.of("domain", "b.test", "action", redirect));
    body("RuleController$ExplanationInput", Map.of("host", "a.test", "path", "/"));
    body("SecurityGroupInput", Map.of("name", "n", "dataCenterId", site.dataCenter()));
    body("GroupRuleInput", groupRule("another"));
    body(
        "GroupRuleController$RulesInput",
        Map.of("rules", new Object[] {groupRule("the only one")}));
    body("GroupProbe", Map.of("sourceIp", "10.0.0.1", "protocol", "TCP", "port", 80));
    body("Vpc$Input", Map.of("name", "n", "dataCenterId", site.dataCenter()));
    body("Subnet$Input", Map.of("name", "n", "vpcId", id(VpcId.class), "cidr", "10.6.0.0/24"));
    body("DataCenter$Input", Map.of("name", "dc of " + site.dataCenter()));
    body(
        "Cluster$Input",
        Map.of(
            "name", "of " + site.dataCenter(), "dataCenterId", site.dataCenter(), "model", "x86"));
    body("Node$Input", Map.of("name", "another", "address", "10.9.0.9"));
    body("ClusterController$FailoverInput", Map.of());
    body("JoinToken$Input", Map.of());
    body("Tenant$Input", Map.of("name", "another", "mainAccount", Map.of("name", "another")));
    body("User$Input", Map.of("name", "another", "role", "TENANT_USER"));
    body("ApiKey$Input", Map.of("name", "another"));
    for (String entrance : List.of("SignInInput", "SetUpInput"))
      body("SessionController$" + entrance, Map.of());
    Map<String, String> own =
        Map.of(
            "PasswordInput", "currentPassword", "EnrolmentInput", "password", "CodeInput", "code");
    own.forEach((type, field) -> body("MeController$" + type, Map.of(field, "x")));
    body("ElasticIp$Input", Map.of("name", "n", "dataCenterId", site.dataCenter()));
    body(
        "ElasticIpPool$Input",
        Map.of(
            "name",
            "of " + site.dataCenter(),
            "dataCenterId",
            site.dataCenter(),
            "ranges",
            List.of("198.51.100.1")));
    body("EntranceController$ElasticIpChoice", Map.of("elasticIpId", id(ElasticIpId.class)));
    body(
        "Instance$Input",
        Map.of("name", "n", "vpcId", id(VpcId.class), "addresses", List.of("10.5.0.201")));
    body("Material", material);
    body("CertificateController$ParseInput", material);
    body("BatchInput", Map.of("ids", owned.values().stream().sorted().toList()));
    Map<String, String> upload = new HashMap<>(material);
    upload.putAll(Map.of("name", "n", "dataCenterId", site.dataCenter(), "kind", "SERVER"));
    body("CertificateInput", upload);
  }

  private void body(String type, Map<String, ?> body) {
    bodies.put(type, JSON.writeValueAsString(body));
  }

  private String id(Class<?> type) {
    return java.util.Objects.requireNonNull(owned.get(type));
  }

  private Answer made(String path, Map<?, ?> body) {
    Answer answer = api.call("POST", "/api/v1" + path, JSON.writeValueAsString(body), maker.key());
    if (answer.status() != 201) throw new AssertionError(path + " " + answer);
    return answer;
  }

  private Answer read(String path) {
    return api.call("GET", "/api/v1" + path, null, maker.key());
  }
}
