package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.LoadBalancers.Edit;
import dev.poise.server.network.ElasticIps;
import dev.poise.server.network.ElasticIps.Choice;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.LoadBalancerId;
import org.springframework.stereotype.Component;

/**
 * What is done to the public entrance of a load balancer while it serves. Its listeners know
 * nothing of it: nodes bind them to one address more or less. Connections over an entrance that is
 * taken away live on, new ones are refused.
 */
@Component
class Entrances {
  private final LoadBalancers loadBalancers;
  private final ElasticIps elasticIps;

  Entrances(LoadBalancers loadBalancers, ElasticIps elasticIps) {
    this.loadBalancers = loadBalancers;
    this.elasticIps = elasticIps;
  }

  LoadBalancer bind(Caller caller, LoadBalancerId id, Conditions conditions, Choice choice) {
    return loadBalancers.edit(
        caller,
        id,
        new Edit("load-balancer.bind-eip", id.text()),
        before -> {
          conditions.require(before.version());
          if (before.elasticIp() != null) {
            throw new Refusal.Conflict(
                ProblemType.ELASTIC_IP_ALREADY_BOUND,
                "The load balancer has the elastic IP %s already: unbind it first, or swap."
                    .formatted(before.elasticIp().address()));
          }
          return withAnother(caller, before, choice);
        });
  }

  /** Takes its elastic IP away; does nothing if it has none. */
  LoadBalancer unbind(Caller caller, LoadBalancerId id, Conditions conditions) {
    return loadBalancers.edit(
        caller,
        id,
        new Edit("load-balancer.unbind-eip", id.text()),
        before -> {
          conditions.require(before.version());
          return before.elasticIp() == null ? before : before.withElasticIp(null);
        });
  }

  /** Gives it another elastic IP in one step; does nothing if it has that one. */
  LoadBalancer swap(Caller caller, LoadBalancerId id, Conditions conditions, Choice choice) {
    return loadBalancers.edit(
        caller,
        id,
        new Edit("load-balancer.swap-eip", id.text()),
        before -> {
          conditions.require(before.version());
          if (before.elasticIp() != null && before.elasticIp().id().equals(choice.id()))
            return before;
          return withAnother(caller, before, choice);
        });
  }

  private LoadBalancer withAnother(Caller caller, LoadBalancer before, Choice choice) {
    if (before.networkType() != NetworkType.INTERNET) {
      throw new Refusal.Invalid("", ProblemType.VALIDATION_FAILED, ElasticIpInput.ONLY_INTERNET);
    }
    return before.withElasticIp(elasticIps.choose(caller, before.placement().dataCenter(), choice));
  }
}
