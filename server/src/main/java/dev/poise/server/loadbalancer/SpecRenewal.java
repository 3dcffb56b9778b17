package dev.poise.server.loadbalancer;

import dev.poise.spec.SpecJson;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Brings stored specs to the form that this version of the server writes.
 *
 * <p>Nodes are given the text that was stored with the last edit. A newer version may write more
 * into it, which strict readers miss; an edit months later would be a strange moment to find out.
 * So after each start, beside the work of the server, every spec is computed and compared with what
 * is stored; one that differs is stored as a new generation. Nothing differs after an ordinary
 * start, and several servers may do this at once.
 */
@Component
class SpecRenewal implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(SpecRenewal.class);
  private static final int AT_ONCE = 200;

  private final LoadBalancerStore store;
  private final LoadBalancers loadBalancers;
  private final TransactionTemplate transaction;

  SpecRenewal(
      LoadBalancerStore store, LoadBalancers loadBalancers, TransactionTemplate transaction) {
    this.store = store;
    this.loadBalancers = loadBalancers;
    this.transaction = transaction;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    Thread.ofVirtual()
        .name("spec-renewal")
        .start(() -> {
          try {
            int renewed = renew();
            if (renewed > 0) LOG.info("Told nodes of {} load balancers anew", renewed);
          } catch (DataAccessException | TransactionException e) {
            LOG.error(
                "Specs of an older version may be stored still; the next start tries again", e);
          }
        });
  }

  /** Renews what differs; says how many did. */
  int renew() {
    int renewed = 0;
    String last = "";
    while (true) {
      List<LoadBalancerStore.Stored> page = store.following(last, AT_ONCE);
      if (page.isEmpty()) return renewed;
      for (LoadBalancerStore.Stored stored : page) {
        LoadBalancer it = stored.loadBalancer();
        if (SpecJson.digest(SpecJson.write(it.spec())).equals(stored.specDigest())) continue;
        transaction.executeWithoutResult(
            _ -> loadBalancers.tellAnew(it.tenant(), it.id(), stored.specDigest()));
        renewed++;
      }
      last = page.getLast().loadBalancer().id().text();
    }
  }
}
