package dev.poise.server.certificate;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** A certificate as a client uploads it. The last three fields are those of {@link Material}. */
@Schema(name = "CertificateInput")
record CertificateInput(
    @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
    @Line(max = 512) @Nullable String remark,
    @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
        DataCenterId dataCenterId,
    @Schema(description = "Cannot be changed later") @NotNull(message = "is required") Kind kind,
    @Schema(defaultValue = "PRIVATE") @Nullable Sharing sharing,
    @Schema(
            description =
                "PEM text, or the Base64 of PEM, DER or PKCS#12. The private key may be in it")
        @NotBlank(message = "is required")
        @Size(max = Material.LONGEST)
        String certificate,
    @Schema(
            description = "PEM text, or the Base64 of PEM or DER",
            accessMode = Schema.AccessMode.WRITE_ONLY)
        @Size(max = Material.LONGEST)
        @Nullable String privateKey,
    @Schema(
            description = "Opens an encrypted key or a PKCS#12 file; it is not kept",
            accessMode = Schema.AccessMode.WRITE_ONLY)
        @Size(max = 1024)
        @Nullable String password) {

  Material material() {
    return new Material(certificate, privateKey, password);
  }

  Sharing sharingOrDefault() {
    return sharing == null ? Sharing.PRIVATE : sharing;
  }

  /** Without the material. */
  @Override
  public String toString() {
    return "CertificateInput[" + name + "]";
  }
}
