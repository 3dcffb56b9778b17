package dev.poise.server.loadbalancer;

import dev.poise.server.certificate.CertificateView;
import dev.poise.server.certificate.Material;
import dev.poise.server.loadbalancer.LoadBalancers.Renewal;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.spec.CertificateId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The one thing about certificates that changes load balancers, and therefore is not in their
 * package.
 */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Certificates")
final class MaterialController {
  private final LoadBalancers loadBalancers;
  private final Statuses statuses;
  private final Mutations mutations;

  MaterialController(LoadBalancers loadBalancers, Statuses statuses, Mutations mutations) {
    this.loadBalancers = loadBalancers;
    this.statuses = statuses;
    this.mutations = mutations;
  }

  @PutMapping("/certificates/{id}/material")
  @Operation(
      summary = "Replace the material of a certificate",
      description =
          "Every listener that uses it gets the new one, in one step; no connection is cut. It is"
              + " parsed, checked and normalised like that of a new certificate.",
      operationId = "replaceCertificateMaterial")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = CertificateView.class)))
  ResponseEntity<Object> replace(
      Mutation mutation, @PathVariable CertificateId id, @RequestBody Material material) {
    return mutations.perform(
        mutation,
        null,
        () -> loadBalancers.replaceMaterial(mutation.caller(), id, mutation.conditions(), material),
        this::settle,
        renewal -> Answer.ok(renewal.replaced().certificate(), renewal.replaced().version()));
  }

  private void settle(Renewal renewal, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (LoadBalancer renewed : renewal.loadBalancers())
      statuses.awaitSettled(renewed, Duration.ofNanos(end - System.nanoTime()));
  }
}
