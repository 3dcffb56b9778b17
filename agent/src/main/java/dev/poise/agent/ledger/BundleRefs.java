package dev.poise.agent.ledger;

import dev.poise.spec.BundleRef;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.Tls;
import java.util.ArrayList;
import java.util.List;

/** The certificate material that a spec names. */
public final class BundleRefs {
  private BundleRefs() {}

  /** All of it, possibly with repetitions. */
  public static List<BundleRef> of(LoadBalancerSpec spec) {
    List<BundleRef> bundles = new ArrayList<>();
    for (ListenerSpec listener : spec.listeners()) {
      if (listener.protocol() instanceof Protocol.Https https) {
        add(bundles, https.tls().defaultCertificate());
        https.tls().domains().forEach(domain -> add(bundles, domain.certificate()));
      }
    }
    return bundles;
  }

  private static void add(List<BundleRef> bundles, Tls.Certificate certificate) {
    bundles.add(certificate.bundle());
    switch (certificate.clientAuthentication()) {
      case ClientAuthentication.None() -> {}
      case ClientAuthentication.Required(BundleRef authority) -> bundles.add(authority);
    }
  }
}
