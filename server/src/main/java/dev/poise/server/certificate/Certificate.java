package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.BundleRef;
import dev.poise.spec.CertificateId;
import dev.poise.spec.DomainPattern;
import dev.poise.spec.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A certificate without its material.
 *
 * @param creator the id of the user who uploaded it
 * @param digest of the material
 */
record Certificate(
    CertificateId id,
    TenantId tenant,
    DataCenterId dataCenter,
    String creator,
    String name,
    String remark,
    Kind kind,
    Sharing sharing,
    Facts facts,
    String digest,
    long version,
    Instant createTime,
    Instant updateTime) {

  boolean isVisibleTo(String user) {
    return sharing == Sharing.TENANT || creator.equals(user);
  }

  Certificate withDescription(String newName, String newRemark, Sharing newSharing, Instant now) {
    return new Certificate(
        id,
        tenant,
        dataCenter,
        creator,
        newName,
        newRemark,
        kind,
        newSharing,
        facts,
        digest,
        version + 1,
        createTime,
        now);
  }

  Certificate withMaterial(Bundle bundle, Instant now) {
    return new Certificate(
        id,
        tenant,
        dataCenter,
        creator,
        name,
        remark,
        kind,
        sharing,
        bundle.facts(),
        bundle.digest(),
        version + 1,
        createTime,
        now);
  }

  Usable usable() {
    return new Usable(id, dataCenter, new BundleRef(id, digest), domains(), facts.notAfter());
  }

  /** Clients look at the common name only if there is no other name. */
  private List<String> domains() {
    List<String> names =
        facts.alternativeNames().isEmpty()
            ? List.of(facts.commonName().toLowerCase(Locale.ROOT))
            : facts.alternativeNames();
    return names.stream()
        .filter(DomainPattern::isValid)
        .filter(name -> !IpAddress.isValid(name))
        .toList();
  }
}
