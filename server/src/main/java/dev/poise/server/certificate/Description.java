package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
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
}
