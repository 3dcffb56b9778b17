package dev.poise.server.certificate;

import static dev.poise.server.certificate.Faults.fault;

import dev.poise.server.audit.Audit;
import dev.poise.server.certificate.CertificateStore.Hold;
import dev.poise.server.certificate.CertificateStore.Stored;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.Networks;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.server.platform.Vault;
import dev.poise.server.quota.Quota;
import dev.poise.server.quota.Quotas;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What is done to certificates. Changes join the transaction of their caller.
 *
 * <p>A private certificate exists for its creator alone: for everybody else, administrators too, it
 * is not found. A shared one is seen and used by the whole tenant, changed and deleted by its
 * creator and by administrators; but how far it is shared is its creator's business.
 */
@Component
public final class Certificates {
  private final CertificateStore store;
  private final Vault vault;
  private final Networks networks;
  private final Quotas quotas;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  Certificates(
      CertificateStore store,
      Vault vault,
      Networks networks,
      Quotas quotas,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.vault = vault;
    this.networks = networks;
    this.quotas = quotas;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  /** A certificate with where it is used. */
  record Found(Certificate certificate, List<Use> uses, @Nullable List<String> changes) {}

  Found create(Caller caller, CertificateInput input) {
    Instant now = clock.instant();
    DataCenterId dataCenter = networks.dataCenter(input.dataCenterId()).id();
    Bundle bundle = Inspection.inspect(Upload.read(input.material()), input.kind(), now);
    quotas.require(caller.tenant(), Quota.CERTIFICATES, 1);
    Certificate made =
        new Certificate(
            CertificateId.generate(now),
            caller.tenant(),
            dataCenter,
            caller.user(),
            input.name(),
            Objects.requireNonNullElse(input.remark(), ""),
            input.kind(),
            input.sharingOrDefault(),
            bundle.facts(),
            bundle.digest(),
            1,
            now,
            now);
    if (!store.insert(made, vault.seal(made.id().text(), bundle.pem()))) throw nameInUse(made);
    audit.append(caller, event("create", made), null, made);
    return new Found(made, List.of(), bundle.changes());
  }

  /** What an upload is and what would be changed of it; nothing is kept. */
  Bundle parse(Material material, Optional<Kind> kind) {
    Instant now = clock.instant();
    Upload upload = Upload.read(material);
    return Inspection.inspect(upload, kind.orElseGet(() -> Inspection.guess(upload, now)), now);
  }

  Found get(Caller caller, CertificateId id) {
    return found(visible(caller, id, Hold.NOT_AT_ALL));
  }

  Page<Found> list(Caller caller, PageRequest request) {
    Page<Certificate> page = store.page(caller.tenant(), caller.user(), clock.instant(), request);
    Map<CertificateId, List<Use>> uses =
        store.usesOf(caller.tenant(), page.items().stream().map(Certificate::id).toList());
    return page.map(it -> new Found(it, uses.getOrDefault(it.id(), List.of()), null));
  }

  Found patch(Caller caller, CertificateId id, Conditions conditions, MergePatch patch) {
    Certificate before = changeable(caller, id, conditions);
    Description now = Description.of(before);
    Description wanted = bodies.patched(now, patch, Description.class, "dataCenterId", "kind");
    if (wanted.sharing() != before.sharing() && !before.creator().equals(caller.user())) {
      throw new Refusal.Forbidden("Only its creator says who may use a certificate.");
    }
    Certificate after =
        before.withDescription(
            wanted.name(), wanted.remarkOrDefault(), wanted.sharing(), clock.instant());
    if (!store.updateDescription(after)) throw nameInUse(after);
    audit.append(caller, event("update", after), before, after);
    return found(after);
  }

  /** Deletes a certificate that nobody uses. */
  CertificateId delete(Caller caller, CertificateId id, Conditions conditions) {
    Certificate certificate = changeable(caller, id, conditions);
    List<Use> uses = usesOf(caller.tenant(), id);
    if (!uses.isEmpty()) throw inUse(certificate, uses);
    store.delete(caller.tenant(), id);
    audit.append(caller, event("delete", certificate), certificate, null);
    return id;
  }

  /** How many certificates, of all tenants, were put under the master key that encrypts now. */
  int rewrap(Caller caller) {
    caller.requirePlatformAdmin();
    List<Stored> others = store.notUnder(vault.masterKeyId());
    others.forEach(it -> store.rewrap(it.id(), vault.rewrap(it.id().text(), it.sealed())));
    audit.append(caller, "certificate.rewrap", vault.masterKeyId(), null, null);
    return others.size();
  }

  /**
   * A certificate that the caller wants to bind. Its material stays as it is until the transaction
   * ends, so that the digest in the spec is the right one.
   *
   * <p>Call it for what a listener names anew, not for what it names already: a listener keeps a
   * certificate its editor may not see. One that is expired is refused; one that is not valid yet
   * is not, because it may be put in place before its time.
   *
   * @throws Refusal.NotFound if there is none that the caller may see
   * @throws Refusal.Invalid with an empty pointer, if it is of the other kind or expired
   * @throws Refusal.Unavailable if the server has no master key
   */
  public Usable use(Caller caller, CertificateId id, Kind kind) {
    vault.masterKeyId();
    Certificate certificate = visible(caller, id, Hold.UNCHANGED);
    if (certificate.kind() != kind) {
      throw fault(
          "",
          "wrong-kind",
          "The certificate %s is for %s."
              .formatted(
                  id,
                  switch (certificate.kind()) {
                    case SERVER -> "servers; it cannot check clients";
                    case CLIENT_CA -> "checking clients; a server cannot show it";
                  }));
    }
    if (certificate.facts().state(clock.instant()) == State.EXPIRED) {
      throw fault(
          "",
          "certificate-expired",
          "The certificate %s expired at %s.".formatted(id, certificate.facts().notAfter()));
    }
    return certificate.usable();
  }

  /**
   * Says which certificates the listeners of a load balancer use from now on, all of them. Call it
   * in the transaction of each change, after the listeners are written; with an empty map when the
   * load balancer is deleted.
   */
  public void setUses(
      TenantId tenant, LoadBalancerId loadBalancer, Map<ListenerId, Set<CertificateId>> uses) {
    store.setUses(tenant, loadBalancer, uses);
  }

  /** Where a certificate is used, by load balancer id. */
  public List<Use> usesOf(TenantId tenant, CertificateId id) {
    return store.usesOf(tenant, List.of(id)).getOrDefault(id, List.of());
  }

  /**
   * Gives a certificate other material. Nobody can begin to use it before the transaction ends.
   *
   * <p>Whoever calls this gives every load balancer of {@link #usesOf} the new bundle, in the same
   * transaction. Lock them before the call, in the order of their ids, because who binds a
   * certificate holds the load balancer first and the certificate second; then ask for the uses
   * again.
   *
   * @throws Refusal.NotFound if there is none that the caller may see
   * @throws Refusal.Forbidden if the caller may use it but not change it
   * @throws Refusal.Invalid if the material is not in order
   */
  public Replaced replaceMaterial(
      Caller caller, CertificateId id, Conditions conditions, Material material) {
    Certificate before = changeable(caller, id, conditions);
    Instant now = clock.instant();
    Bundle bundle = Inspection.inspect(Upload.read(material), before.kind(), now);
    Certificate after = before.withMaterial(bundle, now);
    store.updateMaterial(after, vault.seal(id.text(), bundle.pem()));
    audit.append(caller, event("replace-material", after), before, after);
    CertificateView view =
        CertificateView.of(after, usesOf(caller.tenant(), id), bundle.changes(), now);
    return new Replaced(after.usable(), view, bundle.changes(), after.version());
  }

  /**
   * The material with those digests, as far as a load balancer of the cluster uses it now. Private
   * keys are in it: it is for the cluster's nodes alone.
   *
   * @throws Refusal.Unavailable if the server does not have the master key it is encrypted under
   */
  public List<BundleAnswer.Bundle> bundles(ClusterId cluster, List<String> digests) {
    return store.usedBy(cluster, digests).stream()
        .map(it -> new BundleAnswer.Bundle(it.digest(), vault.open(it.id().text(), it.sealed())))
        .toList();
  }

  private Certificate visible(Caller caller, CertificateId id, Hold hold) {
    return store
        .find(caller.tenant(), id, hold)
        .filter(it -> it.isVisibleTo(caller.user()))
        .orElseThrow(() -> new Refusal.NotFound("certificate " + id));
  }

  private Certificate changeable(Caller caller, CertificateId id, Conditions conditions) {
    Certificate certificate = visible(caller, id, Hold.ALONE);
    if (caller.role() == Caller.Role.TENANT_USER && !certificate.creator().equals(caller.user())) {
      throw new Refusal.Forbidden(
          "The certificate %s is another user's; you may use it but not change it.".formatted(id));
    }
    conditions.require(certificate.version());
    return certificate;
  }

  /** Administrators see what was done to a private certificate, and not what it is. */
  private static Audit.Event event(String verb, Certificate certificate) {
    Audit.Event event = new Audit.Event("certificate." + verb, certificate.id().text());
    return switch (certificate.sharing()) {
      case PRIVATE -> event.privateTo(certificate.creator());
      case TENANT -> event;
    };
  }

  private Found found(Certificate certificate) {
    return new Found(certificate, usesOf(certificate.tenant(), certificate.id()), null);
  }

  private static Refusal nameInUse(Certificate certificate) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE,
        "You have a certificate named '" + certificate.name() + "' in this data centre already.");
  }

  private static Refusal inUse(Certificate certificate, List<Use> uses) {
    String places =
        uses.stream()
            .limit(10)
            .map(use ->
                "listener '%s' (%s) of load balancer '%s' (%s)"
                    .formatted(
                        use.listenerName(),
                        use.listenerId(),
                        use.loadBalancerName(),
                        use.loadBalancerId()))
            .collect(Collectors.joining(", "));
    String more = uses.size() > 10 ? " and " + (uses.size() - 10) + " more" : "";
    return new Refusal.Conflict(
        ProblemType.CERTIFICATE_IN_USE,
        "The certificate '%s' is used by %s%s.".formatted(certificate.name(), places, more));
  }
}
