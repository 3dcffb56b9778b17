package dev.poise.server.app;

import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.util.HtmlUtils;

/**
 * The API's own description, made of the controllers, and the pages that show it without the
 * internet.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // swagger's Schema is generic in places only
@Configuration(proxyBeanMethods = false)
class Documentation {
  private static final Parameter TENANT =
      new Parameter().$ref("#/components/parameters/PoiseTenant");

  /** Where somebody who is nobody yet shows who it is. */
  private static final List<String> ENTRANCES =
      List.of("/api/v1/sessions", "/api/v1/set-up", "/api/v1/sign-in-options");

  private static final Schema<?> SEGMENT =
      new ObjectSchema()
          .addProperty("type", new StringSchema()._enum(List.of("HOST", "NETNS", "VXLAN")))
          .addProperty(
              "name", new StringSchema().description("NETNS: the network namespace on every node"))
          .addProperty(
              "networkInterface",
              new StringSchema()
                  .description("NETNS: the one in it that addresses of load balancers are put on"))
          .addProperty(
              "vni",
              new IntegerSchema()
                  .minimum(BigDecimal.ONE)
                  .maximum(BigDecimal.valueOf(16_777_215))
                  .description("VXLAN: its number, which no other VPC of the data centre has"))
          .addProperty(
              "port",
              new IntegerSchema()
                  .minimum(BigDecimal.ONE)
                  .maximum(BigDecimal.valueOf(65_535))
                  ._default(4789)
                  .description("VXLAN: the UDP port of all of its ends"))
          .addProperty(
              "peers",
              new ArraySchema()
                  .items(new StringSchema())
                  .maxItems(dev.poise.server.network.Segment.MOST_PEERS)
                  .description("VXLAN: the addresses of hosts with members; nodes are added"))
          .required(List.of("type"))
          .description(
              "What makes the VPC real on nodes. HOST: the network that the nodes are in"
                  + " themselves. NETNS: a network namespace that an operator made on every node."
                  + " VXLAN: one that nodes make, with a VXLAN in it. What has no meaning for a"
                  + " type is refused.");

  static {
    // What these become in a request is said once, below.
    SpringDocUtils.getConfig()
        .addRequestWrapperToIgnore(
            dev.poise.server.platform.Caller.class,
            dev.poise.server.platform.Mutation.class,
            dev.poise.server.platform.PageRequest.class);
    for (Class<?> text :
        List.of(
            dev.poise.spec.LoadBalancerId.class,
            dev.poise.spec.ListenerId.class,
            dev.poise.spec.PoolId.class,
            dev.poise.spec.MemberId.class,
            dev.poise.spec.RuleId.class,
            dev.poise.spec.CertificateId.class,
            dev.poise.spec.ClusterId.class,
            dev.poise.spec.NodeId.class,
            dev.poise.server.platform.TenantId.class,
            dev.poise.server.identity.UserId.class,
            dev.poise.server.identity.ApiKeyId.class,
            dev.poise.server.identity.SessionId.class,
            dev.poise.server.network.DataCenterId.class,
            dev.poise.server.cluster.JoinTokenId.class,
            dev.poise.spec.VpcId.class,
            dev.poise.server.network.SubnetId.class,
            dev.poise.server.network.ElasticIpId.class,
            dev.poise.server.network.ElasticIpPoolId.class,
            dev.poise.server.network.InstanceId.class,
            dev.poise.server.network.AddressSpan.class,
            dev.poise.server.platform.TenantId.class,
            dev.poise.server.network.Cidr.class,
            dev.poise.server.securitygroup.SecurityGroupId.class,
            dev.poise.server.securitygroup.GroupRuleId.class,
            dev.poise.server.securitygroup.Ports.class,
            dev.poise.spec.AddressRange.class,
            dev.poise.spec.IpAddress.class,
            dev.poise.spec.HostName.class,
            dev.poise.spec.Persistence.CookieName.class,
            dev.poise.spec.RedirectLocation.class,
            dev.poise.spec.ContentType.class,
            dev.poise.spec.StatusCodes.class)) {
      SpringDocUtils.getConfig().replaceWithSchema(text, new StringSchema());
    }
    SpringDocUtils.getConfig().replaceWithSchema(dev.poise.server.network.Segment.class, SEGMENT);
    SpringDocUtils.getConfig()
        .replaceWithSchema(
            tools.jackson.databind.JsonNode.class,
            new Schema<>().type("object").additionalProperties(true));
  }

  @Bean
  OpenAPI description() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Poise")
                .version("v1")
                .description(
                    """
                    Load balancers for tenants of an organisation.

                    A change answers at once with the new `generation`; `Prefer: wait=10` holds the answer until every live \
                    node serves it. Nothing is ever locked while it changes. Every refusal is a problem (RFC 9457) that names \
                    all faults of a request with JSON pointers. Send your key as `Authorization: Bearer <key>`; a browser \
                    signs in at `/api/v1/sessions` instead. What is another tenant's is not found; a platform administrator \
                    acts in a tenant with the header `Poise-Tenant`.\
                    """)
                .license(new License().name("Apache-2.0")))
        .servers(List.of(new Server().url("/")))
        .components(
            new Components()
                .addSecuritySchemes(
                    "key", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"))
                .addSecuritySchemes(
                    "session",
                    new SecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.COOKIE)
                        .name("poise_session")
                        .description(
                            "Changes need the header X-CSRF-Token too, with the csrfToken of"
                                + " /api/v1/me"))
                .addParameters(
                    "PoiseTenant",
                    header(
                        "Poise-Tenant",
                        "For platform administrators: the id of the tenant to act in")))
        .security(
            List.of(
                new SecurityRequirement().addList("key"),
                new SecurityRequirement().addList("session")));
  }

  /** Adds to every operation what all of them share. */
  @Bean
  OpenApiCustomizer conventions() {
    return api -> {
      ModelConverters.getInstance().readAll(Problem.class).forEach(api.getComponents()::addSchemas);
      patchesAreOptional(api);
      api.getPaths()
          .forEach((path, item) ->
              item.readOperationsMap()
                  .forEach((method, operation) -> {
                    if (method != PathItem.HttpMethod.GET && changesSomething(method, path))
                      writing(method, operation);
                    if (!ENTRANCES.contains(path)) operation.addParametersItem(TENANT);
                    operation.getResponses().addApiResponse("default", problem());
                  }));
    };
  }

  private static boolean changesSomething(PathItem.HttpMethod method, String path) {
    boolean entrance = method == PathItem.HttpMethod.POST && ENTRANCES.contains(path);
    return !entrance && Stream.of(":explain", ":parse", ":test").noneMatch(path::endsWith);
  }

  private static void writing(PathItem.HttpMethod method, Operation operation) {
    operation.addParametersItem(
        query(
            "dryRun",
            new Schema<Boolean>().type("boolean")._default(false),
            "Validate all, change nothing"));
    operation.addParametersItem(
        header(
            "Prefer",
            "wait=N holds the answer until every live node acted, at most N seconds (30)"));
    operation.addParametersItem(
        method == PathItem.HttpMethod.POST
            ? header(
                "Idempotency-Key",
                "A repetition with the same key within 24 hours answers the same")
            : header("If-Match", "Only if the object still has this ETag"));
  }

  private static Parameter query(String name, Schema<?> schema, String description) {
    return new Parameter().in("query").name(name).schema(schema).description(description);
  }

  private static Parameter header(String name, String description) {
    return new Parameter()
        .in("header")
        .name(name)
        .schema(new StringSchema())
        .description(description);
  }

  private static ApiResponse problem() {
    Schema<?> schema = new Schema<>().$ref("#/components/schemas/Problem");
    return new ApiResponse()
        .description("A problem")
        .content(
            new Content().addMediaType("application/problem+json", new MediaType().schema(schema)));
  }

  /**
   * A merge patch has the fields of the whole, none of them required: {@code XInput} becomes {@code
   * XPatch}.
   */
  private static void patchesAreOptional(OpenAPI api) {
    Map<String, Schema> schemas = api.getComponents().getSchemas();
    api.getPaths().values().stream()
        .map(PathItem::getPatch)
        .filter(Objects::nonNull)
        .map(operation -> operation.getRequestBody().getContent())
        .forEach(content -> {
          MediaType body = content.values().iterator().next();
          String whole = body.getSchema().get$ref().replaceFirst(".*/", "");
          String name = whole.replace("Input", "Patch");
          Schema<?> from = Objects.requireNonNull(schemas.get(whole), whole);
          schemas.put(
              name,
              new Schema<>()
                  .type("object")
                  .properties(from.getProperties())
                  .description("A merge patch"));
          content.clear();
          content.addMediaType(
              "application/merge-patch+json",
              new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + name)));
        });
  }

  /** Pages for people. */
  @Controller
  static final class Pages {
    @GetMapping("/")
    ResponseEntity<Void> home() {
      return ResponseEntity.status(HttpStatus.FOUND).header(HttpHeaders.LOCATION, "/docs").build();
    }

    @GetMapping(path = "/problems", produces = "text/html")
    @ResponseBody
    String problems() {
      return page(
          "Problems",
          Stream.of(ProblemType.values()).sorted(Comparator.comparing(ProblemType::slug)));
    }

    @GetMapping(path = "/problems/{slug}", produces = "text/html")
    ResponseEntity<String> problem(@PathVariable String slug) {
      return ProblemType.of(slug)
          .map(type -> ResponseEntity.ok(page(type.title(), Stream.of(type))))
          .orElseGet(() ->
              ResponseEntity.status(HttpStatus.NOT_FOUND)
                  .body(page("No such problem", Stream.of())));
    }

    private static String page(String title, Stream<ProblemType> types) {
      String rows =
          types
              .map(type ->
                  "<dt><a href=\"/problems/%s\"><code>%s</code></a> · %d</dt><dd>%s. %s</dd>"
                      .formatted(
                          type.slug(),
                          type.slug(),
                          type.status(),
                          HtmlUtils.htmlEscape(type.title()),
                          HtmlUtils.htmlEscape(type.advice())))
              .collect(Collectors.joining("\n"));
      return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <meta name="color-scheme" content="light dark"><title>%s · Poise</title>
      <style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}dt{margin-top:1rem}
      dd{margin-left:0}</style></head>
      <body><h1>%s</h1><dl>%s</dl><p><a href="/problems">All problems</a> · <a href="/docs">API documentation</a></p></body></html>
      """
          .formatted(HtmlUtils.htmlEscape(title), HtmlUtils.htmlEscape(title), rows);
    }
  }
}
