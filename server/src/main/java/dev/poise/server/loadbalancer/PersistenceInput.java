package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.spec.Persistence;
import dev.poise.spec.Persistence.CookieName;
import dev.poise.spec.PoolId;
import dev.poise.spec.SpecJson;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether clients stay with their member, as the API reads and shows it. */
@Schema(name = "Persistence")
@ConsistentBody
public record PersistenceInput(
    @Schema(
            defaultValue = "OFF",
            description = "COOKIE is for HTTP and HTTPS listeners, SOURCE_IP for UDP")
        @Nullable Type type,
    @Schema(
            description =
                "COOKIE only: the name of the cookie, letters, digits and underscores; one of our"
                    + " own if absent. A second pool of the load balancer with the same name gets"
                    + " it with a suffix, see the pool's cookieName")
        @Nullable CookieName name)
    implements ConsistentBody.Checked {

  /** How a client is known again. */
  public enum Type {
    OFF,
    COOKIE,
    SOURCE_IP
  }

  /** Every request is balanced anew. */
  static final PersistenceInput OFF = new PersistenceInput(Type.OFF, null);

  @Override
  public List<Fault> contradictions() {
    return name != null && type != Type.COOKIE
        ? List.of(new Fault("/name", "invalid", "Only the type COOKIE has a name."))
        : List.of();
  }

  static Persistence persistence(@Nullable PersistenceInput given, PoolId pool) {
    return switch (given == null || given.type() == null ? Type.OFF : given.type()) {
      case OFF -> new Persistence.Off();
      case SOURCE_IP -> new Persistence.SourceIp();
      case COOKIE ->
          new Persistence.Cookie(
              given == null || given.name() == null ? ownName(pool) : given.name());
    };
  }

  /** A name that stays the same for ever and tells nothing of the pool. */
  private static CookieName ownName(PoolId pool) {
    return new CookieName("POISE_" + SpecJson.digest(pool.text()).substring(0, 8));
  }

  static PersistenceInput of(Persistence persistence) {
    return switch (persistence) {
      case Persistence.Off _ -> new PersistenceInput(Type.OFF, null);
      case Persistence.SourceIp _ -> new PersistenceInput(Type.SOURCE_IP, null);
      case Persistence.Cookie(CookieName name) -> new PersistenceInput(Type.COOKIE, name);
    };
  }
}
