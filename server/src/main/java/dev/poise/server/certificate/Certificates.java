package dev.poise.server.certificate;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.CertificateId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** What is done to certificates. Changes join the transaction of their caller. */
@Component
public final class Certificates {

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
    throw new UnsupportedOperationException();
  }

  /**
   * Says which certificates the listeners of a load balancer use from now on, all of them. Call it
   * in the transaction of each change, after the listeners are written; with an empty map when the
   * load balancer is deleted.
   */
  public void setUses(
      TenantId tenant, LoadBalancerId loadBalancer, Map<ListenerId, Set<CertificateId>> uses) {
    throw new UnsupportedOperationException();
  }

  /** Where a certificate is used, by load balancer id. */
  public List<Use> usesOf(TenantId tenant, CertificateId id) {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /**
   * The material with those digests, as far as a load balancer of the cluster uses it now. Private
   * keys are in it: it is for the cluster's nodes alone.
   *
   * @throws Refusal.Unavailable if the server does not have the master key it is encrypted under
   */
  public List<BundleAnswer.Bundle> bundles(ClusterId cluster, List<String> digests) {
    throw new UnsupportedOperationException();
  }
}
