package dev.poise.server.certificate;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends of a certificate: PEM text, or the Base64 of a file in PEM, DER or PKCS#12.
 *
 * @param certificate the certificates; the private key may stand among them
 * @param privateKey the private key, if it does not
 * @param password opens an encrypted key or a PKCS#12 file; it is not kept
 */
@Schema(name = "CertificateMaterial")
public record Material(
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
  static final int LONGEST = 512 * 1024;

  /** Without what it holds. */
  @Override
  public String toString() {
    return "Material[hidden]";
  }
}
