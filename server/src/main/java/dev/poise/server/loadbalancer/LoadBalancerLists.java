package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.LoadBalancerListStore.Row;
import dev.poise.server.loadbalancer.Verdicts.Verdict;
import dev.poise.server.loadbalancer.Views.LoadBalancerItem;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.LoadBalancerId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The list of load balancers. All of a page is read in one snapshot and judged by one time, so that
 * an item found by its state is shown with that state.
 */
@Component
class LoadBalancerLists {
  private final LoadBalancerStore store;
  private final LoadBalancerListStore lists;
  private final Verdicts verdicts;
  private final Statuses statuses;
  private final InstantSource clock;
  private final TransactionTemplate snapshot;

  LoadBalancerLists(
      LoadBalancerStore store,
      LoadBalancerListStore lists,
      Verdicts verdicts,
      Statuses statuses,
      InstantSource clock,
      PlatformTransactionManager transactions) {
    this.store = store;
    this.lists = lists;
    this.verdicts = verdicts;
    this.statuses = statuses;
    this.clock = clock;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  Page<LoadBalancerItem> page(TenantId tenant, PageRequest request) {
    return Objects.requireNonNull(snapshot.execute(_ -> read(tenant, request)));
  }

  private Page<LoadBalancerItem> read(TenantId tenant, PageRequest request) {
    Instant now = clock.instant();
    Optional<List<Verdict>> judged =
        request.names("state", "health") ? Optional.of(verdicts.of(tenant, now)) : Optional.empty();
    Page<Row> page = lists.page(tenant, request, judged);
    List<LoadBalancer> shown = store.all(tenant, page.items().stream().map(Row::id).toList());
    List<Status> computed = statuses.of(shown, now);
    Map<LoadBalancerId, LoadBalancer> wholes = Versions.byId(shown, LoadBalancer::id);
    Map<LoadBalancerId, Status> states = new HashMap<>();
    for (int i = 0; i < shown.size(); i++) states.put(shown.get(i).id(), computed.get(i));
    return page.map(row ->
        Views.item(
            Objects.requireNonNull(wholes.get(row.id())),
            row,
            Objects.requireNonNull(states.get(row.id()))));
  }
}
