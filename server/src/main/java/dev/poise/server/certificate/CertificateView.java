package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.spec.CertificateId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A certificate as it is answered: everything but its material. */
@Schema(name = "Certificate")
public record CertificateView(
    CertificateId id,
    DataCenterId dataCenterId,
    String name,
    String remark,
    Kind kind,
    Sharing sharing,
    @Schema(description = "The user who uploaded it") String creatorId,
    String commonName,
    @Schema(description = "Domains and IP addresses") List<String> alternativeNames,
    String issuer,
    String serialNumber,
    @Schema(example = "RSA 2048") String keyAlgorithm,
    String sha256Fingerprint,
    String md5Fingerprint,
    @Schema(description = "From when on it and all above it in its chain are valid")
        Instant notBeforeTime,
    @Schema(description = "Until when it and all above it in its chain are valid")
        Instant notAfterTime,
    State state,
    @Schema(description = "Changes with the material") String digest,
    List<Use> usedBy,
    @Schema(description = "What was changed of the upload; only in the answer to it")
        @Nullable List<String> changes,
    Instant createTime,
    Instant updateTime) {

  static CertificateView of(
      Certificate certificate, List<Use> usedBy, @Nullable List<String> changes, Instant now) {
    Facts facts = certificate.facts();
    return new CertificateView(
        certificate.id(),
        certificate.dataCenter(),
        certificate.name(),
        certificate.remark(),
        certificate.kind(),
        certificate.sharing(),
        certificate.creator(),
        facts.commonName(),
        facts.alternativeNames(),
        facts.issuer(),
        facts.serialNumber(),
        facts.keyAlgorithm(),
        facts.sha256Fingerprint(),
        facts.md5Fingerprint(),
        facts.notBefore(),
        facts.notAfter(),
        facts.state(now),
        certificate.digest(),
        usedBy,
        changes,
        certificate.createTime(),
        certificate.updateTime());
  }
}
