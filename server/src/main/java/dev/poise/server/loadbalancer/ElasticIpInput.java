package dev.poise.server.loadbalancer;

import dev.poise.server.network.ElasticIpId;
import dev.poise.server.network.ElasticIps;
import dev.poise.server.platform.Fault;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which elastic IP a new load balancer shall have: a certain one, or any. */
@Schema(name = "ElasticIpOfLoadBalancer")
@ConsistentBody
public record ElasticIpInput(
    @Schema(description = "An elastic IP of the tenant that is bound to nothing")
        @Nullable ElasticIpId id,
    @Schema(description = "true: any free one of the data centre becomes the tenant's")
        @Nullable Boolean auto)
    implements ConsistentBody.Checked {
  static final String ONLY_INTERNET =
      "Only a load balancer of the network type INTERNET has an elastic IP; an INTERNAL one is"
          + " reached from its VPC alone.";

  @Override
  public List<Fault> contradictions() {
    return contradictions("/id", id, auto);
  }

  static List<Fault> contradictions(
      String pointer, @Nullable ElasticIpId id, @Nullable Boolean auto) {
    return (id != null) == Boolean.TRUE.equals(auto)
        ? List.of(new Fault(pointer, "invalid", "Name an elastic IP, or say auto: one of the two."))
        : List.of();
  }

  ElasticIps.Choice choice(String pointer) {
    return new ElasticIps.Choice(id, pointer + "/id");
  }
}
