package dev.poise.server.isolation;

import dev.poise.server.ApiTest.Answer;
import dev.poise.server.TestPeople.Person;
import dev.poise.spec.CertificateId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls a route as everybody who should not get through, and says who did.
 *
 * <p>A refusal alone proves little: a wrong address is not found either. So each route is called as
 * somebody who may, too, with the same ids and the same body, and has to work then.
 */
final class Probe {
  private static final String BOUNDARY = "----poise";

  /** Calls the server. */
  interface Http {
    Answer send(
        String method,
        String path,
        @Nullable String body,
        Map<String, String> headers,
        @Nullable String key);
  }

  private final Http http;
  private final World world;
  private final String platformKey;

  /** What cannot be derived from the types of a route's ids. */
  private final Map<String, Expectation> said;

  /** Changes in form only: they read. */
  private final Set<String> reading;

  private final List<String> faults = new ArrayList<>();

  Probe(
      Http http,
      World world,
      String platformKey,
      Map<String, Expectation> said,
      Set<String> reading) {
    this.http = http;
    this.world = world;
    this.platformKey = platformKey;
    this.said = said;
    this.reading = reading;
  }

  /** What is expected of the route; empty if nobody said so, or it cannot be called. */
  Optional<Expectation> expectation(Route route) {
    if (route.ids().stream().anyMatch(type -> id(type, world).isEmpty())
        && said.get(route.name()) != Expectation.OPEN) return Optional.empty();
    if (!route.body().isEmpty()
        && !route.pattern().startsWith("/agent/")
        && !world.bodies.containsKey(route.body())) return Optional.empty();
    if (said.containsKey(route.name())) return Optional.of(said.get(route.name()));
    if (route.pattern().startsWith("/agent/")) return Optional.of(Expectation.AGENTS);
    if (route.ids().stream().anyMatch(world.owned::containsKey))
      return Optional.of(Expectation.OWNED);
    if (!route.ids().isEmpty()) return Optional.of(Expectation.PLATFORM);
    return Optional.empty();
  }

  private static Optional<String> id(Class<?> type, World world) {
    return Optional.ofNullable(world.owned.get(type))
        .or(() -> Optional.ofNullable(world.common.get(type)));
  }

  /** What is wrong with the route; empty if nothing is. */
  List<String> faults(Route route) {
    faults.clear();
    switch (expectation(route).orElseThrow()) {
      case OPEN -> {
        Answer answer = call(route, Map.of(), null, false);
        expect(route, "nobody", answer, answer.status() != 401 && !tells(route, answer));
      }
      case AGENTS -> {
        wantsAKey(route);
        refuses(route, "an administrator", world.administrator, 401);
        refuses(route, "a platform administrator", platformKey, 401);
      }
      case PLATFORM -> {
        wantsAKey(route);
        refuses(route, "a user", world.maker, 403);
        refuses(route, "an administrator", world.administrator, 403);
        works(route, "a platform administrator", platformKey);
      }
      case SHARED, OWN -> {
        wantsAKey(route);
        Answer answer = call(route, Map.of(), world.stranger.key(), true);
        expect(
            route, "another tenant", answer, answer.status() / 100 == 2 && !tells(route, answer));
      }
      case STREAM -> wantsAKey(route);
      case SELF -> wantsAKey(route);
      case ADMINISTERED -> {
        wantsAKey(route);
        if (!route.ids().isEmpty()) refuses(route, "another tenant", world.stranger, 404);
        if (route.reads()) works(route, "a colleague", world.colleague.key());
        else refuses(route, "a user", world.maker, 403);
        works(route, "an administrator", world.administrator.key());
      }
      case PERSONAL, INTIMATE -> {
        wantsAKey(route);
        refuses(route, "another tenant", world.stranger, 404);
        refuses(route, "a colleague", world.colleague, 404);
        works(route, "its user", world.maker.key());
        if (expectation(route).orElseThrow() == Expectation.PERSONAL)
          works(route, "an administrator", world.administrator.key());
        else refuses(route, "an administrator", world.administrator, 404);
      }
      case REFERRING -> {
        wantsAKey(route);
        refuses(route, "another tenant", world.stranger, 404);
        works(route, "an administrator", world.administrator.key());
      }
      case OWNED -> owned(route);
    }
    return List.copyOf(faults);
  }

  private void owned(Route route) {
    wantsAKey(route);
    refuses(route, "another tenant", world.stranger, 404);
    if (route.reads() || reading.contains(route.name()))
      works(route, "a colleague", world.colleague.key());
    else refuses(route, "a colleague", world.colleague, 403);
    works(route, "an administrator", world.administrator.key());
    works(route, "its maker", world.maker.key());
    if (!route.ids().contains(CertificateId.class)) return;
    Map<Class<?>, String> hidden = Map.of(CertificateId.class, world.privateCertificate);
    for (Person other : List.of(world.colleague, world.administrator, world.stranger)) {
      Answer answer = call(route, hidden, other.key(), false);
      expect(route, "another user of a private one", answer, answer.status() == 404);
    }
    Answer answer = call(route, hidden, world.maker.key(), true);
    expect(route, "the maker of a private one", answer, answer.status() / 100 == 2);
  }

  private void wantsAKey(Route route) {
    Answer answer = call(route, Map.of(), null, false);
    expect(route, "nobody", answer, answer.status() == 401);
  }

  private void refuses(Route route, String who, Person person, int status) {
    refuses(route, who, person.key(), status);
  }

  private void refuses(Route route, String who, String key, int status) {
    Answer answer = call(route, Map.of(), key, false);
    boolean silent = !answer.body().toString().contains(World.CANARY);
    expect(route, who, answer, answer.status() == status && silent);
  }

  private void works(Route route, String who, String key) {
    Answer answer = call(route, Map.of(), key, true);
    expect(route, who, answer, answer.status() / 100 == 2);
  }

  private void expect(Route route, String who, Answer answer, boolean fulfilled) {
    if (fulfilled) return;
    String text = answer.body().toString();
    faults.add(
        "%s as %s answers %d %s"
            .formatted(
                route.name(),
                who,
                answer.status(),
                text.substring(0, Math.min(300, text.length()))));
  }

  /** Whether anything of the tenant is in it that the caller did not say itself. */
  private boolean tells(Route route, Answer answer) {
    String text = answer.body().toString();
    String asked = world.bodies.getOrDefault(route.body(), "");
    return world.secrets().stream().anyMatch(it -> text.contains(it) && !asked.contains(it));
  }

  private Answer call(
      Route route, Map<Class<?>, String> instead, @Nullable String key, boolean dry) {
    String path = route.pattern();
    for (Class<?> type : route.ids()) {
      Optional<String> empty =
          route.method().equals("DELETE")
              ? Optional.ofNullable(world.empty.get(type))
              : Optional.empty();
      String id = instead.getOrDefault(type, empty.or(() -> id(type, world)).orElse("x"));
      path = path.replaceFirst("\\{[^}]+}", id);
    }
    Map<String, String> query = new HashMap<>();
    for (Route.Parameter parameter : route.parameters()) {
      Optional.ofNullable(world.parameters.get(parameter.name()))
          .or(() -> id(parameter.type(), world))
          .ifPresent(value -> query.put(parameter.name(), value));
    }
    if (dry && !route.reads()) query.put("dryRun", "true");
    String asked =
        query.entrySet().stream()
            .map(it -> it.getKey() + "=" + it.getValue())
            .collect(Collectors.joining("&"));
    String body = route.body().isEmpty() ? null : world.bodies.getOrDefault(route.body(), "{}");
    String where = path + (asked.isEmpty() ? "" : "?" + asked);
    if (route.table()) {
      return http.send(route.method(), where, World.TABLE, Map.of("Content-Type", "text/csv"), key);
    }
    return route.form()
        ? http.send(
            route.method(),
            where,
            form(body),
            Map.of("Content-Type", "multipart/form-data; boundary=" + BOUNDARY),
            key)
        : http.send(route.method(), where, body, Map.of(), key);
  }

  private static String form(@Nullable String body) {
    StringBuilder form = new StringBuilder();
    for (Map.Entry<String, JsonNode> field :
        JsonMapper.shared().readTree(body == null ? "{}" : body).properties()) {
      form.append(
          "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
              .formatted(BOUNDARY, field.getKey(), field.getValue().asString()));
    }
    return form.append("--").append(BOUNDARY).append("--\r\n").toString();
  }
}
