package dev.poise.server.loadbalancer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.securitygroup.GroupRules;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.server.securitygroup.Traffic;
import dev.poise.spec.AddressRange;
import dev.poise.spec.Sources;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom a load balancer lets in. */
public sealed interface Admission {
  /** Every client that reaches it. */
  record Everybody() implements Admission {}

  /** Those that a security group accepts. */
  record ByGroup(SecurityGroupId securityGroupId, @JsonIgnore GroupRules rules)
      implements Admission {}

  /**
   * Who may send such traffic.
   *
   * <p>A load balancer that can have a group is always told ranges, everybody's too: nodes change
   * ranges without a reload, so binding a group and unbinding it reach open connections as every
   * change of its rules does.
   */
  default Sources sources(NetworkType networkType, Traffic traffic) {
    return switch (this) {
      case Everybody() ->
          switch (networkType) {
            case INTERNAL -> new Sources.Anyone();
            case INTERNET -> new Sources.Only(List.of(new AddressRange("0.0.0.0/0")));
          };
      case ByGroup(_, GroupRules rules) -> rules.sources(traffic);
    };
  }

  /** The id of the group, if there is one. */
  @JsonIgnore
  default @Nullable SecurityGroupId group() {
    return switch (this) {
      case Everybody() -> null;
      case ByGroup(SecurityGroupId id, _) -> id;
    };
  }

  /** This in a sentence. */
  default String sentence(NetworkType networkType) {
    return switch (this) {
      case Everybody() ->
          switch (networkType) {
            case INTERNAL -> "Every client that reaches its address gets in.";
            case INTERNET ->
                "Every client gets in: no security group is bound, so there is no filter.";
          };
      case ByGroup(SecurityGroupId id, _) ->
          "Clients get in that the security group " + id + " accepts; nobody else does.";
    };
  }
}
