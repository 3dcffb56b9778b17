package dev.poise.server.certificate;

import dev.poise.server.certificate.Certificates.Found;
import dev.poise.server.channel.AgentChannel;
import dev.poise.server.identity.SecondFactors;
import dev.poise.server.platform.BatchInput;
import dev.poise.server.platform.BatchResults;
import dev.poise.server.platform.Batches;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Vault;
import dev.poise.spec.CertificateId;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Certificates over HTTP. Their material goes in and never comes out. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Certificates")
final class CertificateController {
  private static final String FILES =
      " Or send a form (multipart/form-data) with the same fields, certificate and privateKey as"
          + " files.";

  private final Certificates certificates;
  private final Vault vault;
  private final SecondFactors secondFactors;
  private final AgentChannel channel;
  private final Mutations mutations;
  private final Batches batches;
  private final Bodies bodies;
  private final InstantSource clock;

  CertificateController(
      Certificates certificates,
      Vault vault,
      SecondFactors secondFactors,
      AgentChannel channel,
      Mutations mutations,
      Batches batches,
      Bodies bodies,
      InstantSource clock) {
    this.certificates = certificates;
    this.vault = vault;
    this.secondFactors = secondFactors;
    this.channel = channel;
    this.mutations = mutations;
    this.batches = batches;
    this.bodies = bodies;
    this.clock = clock;
  }

  @Schema(name = "CertificateToParse")
  record ParseInput(
      @Schema(description = "What it should be; told from what is in it if absent")
          @Nullable Kind kind,
      @NotNull(message = "is required") @Size(min = 1, max = Material.LONGEST) String certificate,
      @Size(max = Material.LONGEST) @Nullable String privateKey,
      @Size(max = 1024) @Nullable String password) {
    Material material() {
      return new Material(certificate, privateKey, password);
    }

    /** Without the material. */
    @Override
    public String toString() {
      return "ParseInput[hidden]";
    }
  }

  @Schema(name = "ParsedCertificate")
  record ParsedView(
      Kind kind,
      String commonName,
      List<String> alternativeNames,
      String issuer,
      String serialNumber,
      String keyAlgorithm,
      String sha256Fingerprint,
      String md5Fingerprint,
      java.time.Instant notBeforeTime,
      java.time.Instant notAfterTime,
      State state,
      @Schema(description = "What would be changed of the upload") List<String> changes) {}

  @Schema(name = "RewrappedCertificates")
  record RewrapView(
      String masterKeyId,
      @Schema(
              description =
                  "How many private keys and keys for one-time codes, of all tenants; that of the"
                      + " agents' port counts as one")
          int rewrapped) {}

  /** Without a master key there are no certificates. */
  @ModelAttribute
  void requireMasterKey() {
    vault.masterKeyId();
  }

  @PostMapping(path = "/certificates", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      summary = "Upload a certificate",
      description =
          "Everything is brought into one form; `changes` in the answer says what was changed."
              + FILES,
      operationId = "createCertificate")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = CertificateView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody CertificateInput input) {
    return mutations.perform(
        mutation,
        input,
        () -> certificates.create(mutation.caller(), input),
        made ->
            Answer.created(
                view(made),
                made.certificate().version(),
                "/api/v1/certificates/" + made.certificate().id()));
  }

  @Hidden // described with its JSON form, because an operation has one description
  @PostMapping(path = "/certificates", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  ResponseEntity<Object> createFromForm(Mutation mutation, HttpServletRequest form) {
    return create(mutation, bodies.read(MultipartBody.json(form), CertificateInput.class));
  }

  @PostMapping(path = "/certificates:parse", consumes = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      summary = "See what an upload is",
      description = "Says what it is and what would be changed, and keeps nothing." + FILES,
      operationId = "parseCertificate")
  ParsedView parse(@RequestBody ParseInput input) {
    Bundle bundle = certificates.parse(input.material(), Optional.ofNullable(input.kind()));
    Facts facts = bundle.facts();
    return new ParsedView(
        bundle.kind(),
        facts.commonName(),
        facts.alternativeNames(),
        facts.issuer(),
        facts.serialNumber(),
        facts.keyAlgorithm(),
        facts.sha256Fingerprint(),
        facts.md5Fingerprint(),
        facts.notBefore(),
        facts.notAfter(),
        facts.state(clock.instant()),
        bundle.changes());
  }

  @Hidden // described with its JSON form
  @PostMapping(path = "/certificates:parse", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  ParsedView parseForm(HttpServletRequest form) {
    return parse(bodies.read(MultipartBody.json(form), ParseInput.class));
  }

  @GetMapping("/certificates")
  @Listed(
      sort = {"createTime", "name", "commonName", "notAfterTime"},
      filter = {"name", "kind", "sharing", "state", "dataCenterId", "creatorId"})
  @Operation(summary = "List certificates", operationId = "listCertificates")
  Page<CertificateView> list(Caller caller, PageRequest page) {
    return certificates.list(caller, page).map(this::view);
  }

  @GetMapping("/certificates/{id}")
  @Operation(summary = "Read a certificate", operationId = "getCertificate")
  ResponseEntity<CertificateView> get(Caller caller, @PathVariable CertificateId id) {
    Found found = certificates.get(caller, id);
    return ResponseEntity.ok()
        .eTag(Conditions.etag(found.certificate().version()))
        .body(view(found));
  }

  @PatchMapping("/certificates/{id}")
  @Operation(
      summary = "Change name, remark or sharing",
      description = "Only its creator changes how it is shared.",
      operationId = "updateCertificate")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Description.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = CertificateView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable CertificateId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> certificates.patch(mutation.caller(), id, mutation.conditions(), patch),
        after -> Answer.ok(view(after), after.certificate().version()));
  }

  @DeleteMapping("/certificates/{id}")
  @Operation(
      summary = "Delete a certificate",
      description = "Refused while a listener uses it.",
      operationId = "deleteCertificate")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable CertificateId id) {
    return mutations.perform(
        mutation,
        null,
        () -> certificates.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @PostMapping("/certificates:batchDelete")
  @Operation(
      summary = "Delete certificates",
      description = "Each for itself; those in use stay.",
      operationId = "batchDeleteCertificates")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = BatchResults.class)))
  ResponseEntity<Object> batchDelete(Mutation mutation, @RequestBody BatchInput input) {
    return batches.perform(
        mutation,
        input,
        new Batches.Work<>(
            HttpStatus.NO_CONTENT,
            ids -> certificates.delete(mutation.caller(), id(ids.getFirst()), Conditions.NONE),
            (_, _) -> {}));
  }

  private static CertificateId id(String text) {
    try {
      return new CertificateId(text);
    } catch (IllegalArgumentException _) {
      throw new Refusal.NotFound("certificate with the id '" + text + "'");
    }
  }

  @PostMapping("/certificates:rewrap")
  @Operation(
      summary = "Put everything that is encrypted under the current master key",
      description = "For platform administrators, after a new master key was put in front.",
      operationId = "rewrapCertificates")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = RewrapView.class)))
  ResponseEntity<Object> rewrap(Mutation mutation) {
    return mutations.perform(
        mutation,
        null,
        () ->
            certificates.rewrap(mutation.caller())
                + secondFactors.rewrap(mutation.caller())
                + channel.rewrap(mutation.caller()),
        rewrapped -> Answer.ok(new RewrapView(vault.masterKeyId(), rewrapped), 0));
  }

  private CertificateView view(Found found) {
    return CertificateView.of(found.certificate(), found.uses(), found.changes(), clock.instant());
  }
}
