package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Line;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What of a certificate a patch may speak of. */
@Schema(name = "CertificateDescriptionInput")
record Description(
    @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
    @Line(max = 512) @Nullable String remark,
    @NotNull(message = "is required") Sharing sharing,
    @Schema(description = "Cannot be changed") @NotNull(message = "is required")
        DataCenterId dataCenterId,
    @Schema(description = "Cannot be changed") @NotNull(message = "is required") Kind kind) {

  static Description of(Certificate certificate) {
    return new Description(
        certificate.name(),
        certificate.remark(),
        certificate.sharing(),
        certificate.dataCenter(),
        certificate.kind());
  }

  String remarkOrDefault() {
    return Objects.requireNonNullElse(remark, "");
  }

  /**
   * Refuses a patch that changes what is fixed.
   *
   * @throws Refusal.Invalid if it does
   */
  void requireFixed(Description before) {
    List<Fault> faults = new ArrayList<>();
    if (!dataCenterId.equals(before.dataCenterId)) faults.add(fixed("dataCenterId"));
    if (kind != before.kind) faults.add(fixed("kind"));
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
  }

  private static Fault fixed(String field) {
    return new Fault(
        "/" + field,
        ProblemType.IMMUTABLE_FIELD.slug(),
        "The " + field + " of a certificate is fixed when it is made.");
  }
}
