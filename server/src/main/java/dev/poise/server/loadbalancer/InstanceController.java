package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.InstanceChanges.Done;
import dev.poise.server.loadbalancer.InstanceChanges.Import;
import dev.poise.server.loadbalancer.InstanceChanges.Imported;
import dev.poise.server.network.Instance;
import dev.poise.server.network.InstanceId;
import dev.poise.server.network.Instances;
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
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.VpcId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Instances over HTTP. They stand here, not in their own package, because a change of one is a
 * change of the members that follow it.
 */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Instances")
final class InstanceController {
  private static final int LARGEST_TABLE_BYTES = 2 * 1024 * 1024;

  private final Instances instances;
  private final InstanceChanges changes;
  private final Statuses statuses;
  private final Mutations mutations;
  private final Bodies bodies;

  InstanceController(
      Instances instances,
      InstanceChanges changes,
      Statuses statuses,
      Mutations mutations,
      Bodies bodies) {
    this.instances = instances;
    this.changes = changes;
    this.statuses = statuses;
    this.mutations = mutations;
    this.bodies = bodies;
  }

  @Schema(name = "InstanceImport")
  record ImportView(int created, int updated, int unchanged, List<RowView> rows) {
    static ImportView of(Import done) {
      return new ImportView(
          count(done, Imported.Outcome.CREATED),
          count(done, Imported.Outcome.UPDATED),
          count(done, Imported.Outcome.UNCHANGED),
          done.rows().stream().map(RowView::of).toList());
    }

    private static int count(Import done, Imported.Outcome outcome) {
      return (int) done.rows().stream().filter(it -> it.outcome() == outcome).count();
    }
  }

  @Schema(name = "InstanceImportRow")
  record RowView(
      @Schema(description = "Counts from 1 with the header, as spreadsheets do") long row,
      InstanceId id,
      String name,
      Imported.Outcome outcome) {
    static RowView of(Imported it) {
      return new RowView(it.row().number(), it.instance().id(), it.instance().name(), it.outcome());
    }
  }

  /** What a repetition of an import must bring too. */
  private record Table(VpcId vpc, String csv) {}

  @PostMapping("/instances")
  @Operation(
      summary = "Make an instance",
      description = "An entry of the inventory that members can name instead of an address.",
      operationId = "createInstance")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = Instance.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody Instance.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> changes.create(mutation.caller(), input),
        made -> Answer.created(made, made.version(), "/api/v1/instances/" + made.id()));
  }

  @GetMapping("/instances")
  @Listed(filter = {"name", "vpcId", "dataCenterId"})
  @Operation(summary = "List instances", operationId = "listInstances")
  Page<Instance> list(Caller caller, PageRequest page) {
    return instances.list(caller.tenant(), page);
  }

  @GetMapping("/instances/{id}")
  @Operation(summary = "Read an instance", operationId = "getInstance")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Instance.class)))
  ResponseEntity<Instance> get(Caller caller, @PathVariable InstanceId id) {
    Instance found = instances.get(caller.tenant(), id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(found);
  }

  @PatchMapping("/instances/{id}")
  @Operation(
      summary = "Change an instance",
      description =
          "Members that follow it have its new primary address in the same step. Refused if it"
              + " would lose an address that a member has for good.",
      operationId = "updateInstance")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Instance.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Instance.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable InstanceId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.patch(mutation.caller(), id, mutation.conditions(), patch),
        (done, limit) -> settle(done.loadBalancers(), limit),
        InstanceController::changed);
  }

  private static Answer changed(Done done) {
    Instance after = done.instances().getFirst();
    return Answer.ok(after, after.version());
  }

  @DeleteMapping("/instances/{id}")
  @Operation(
      summary = "Delete an instance",
      description = "Refused while it is a member of a pool.",
      operationId = "deleteInstance")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable InstanceId id) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @PostMapping(path = "/instances:import", consumes = "text/csv")
  @Operation(
      summary = "Make or change the instances of a VPC by a table",
      description =
          "CSV with a header: `name`, `addresses` (blanks or semicolons between them, the primary"
              + " one first) and, if you like, `remark`. An instance of the VPC with the name is"
              + " changed, others are made, those that are not in the table stay. All rows or none;"
              + " the faults of all rows are named, `/rows/2` is the one below the header.",
      operationId = "importInstances")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(mediaType = "text/csv", schema = @Schema(type = "string")))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ImportView.class)))
  ResponseEntity<Object> importTable(
      Mutation mutation, @RequestParam VpcId vpcId, InputStream body) {
    String csv = text(body);
    return mutations.perform(
        mutation,
        new Table(vpcId, csv),
        () -> changes.take(mutation.caller(), vpcId, InstanceCsv.read(csv, vpcId, bodies)),
        (done, limit) -> settle(done.loadBalancers(), limit),
        done -> Answer.ok(ImportView.of(done), 0));
  }

  private static String text(InputStream body) {
    try {
      byte[] bytes = body.readNBytes(LARGEST_TABLE_BYTES + 1);
      if (bytes.length > LARGEST_TABLE_BYTES) {
        throw new Refusal.Unreadable(ProblemType.TOO_LARGE, "The table has more than 2 MiB.");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new Refusal.Unreadable(ProblemType.BAD_REQUEST, "The table is not UTF-8.");
    } catch (IOException _) {
      throw new Refusal.Unreadable(ProblemType.BAD_REQUEST, "The table ended too early.");
    }
  }

  private void settle(List<LoadBalancer> changed, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (LoadBalancer it : changed)
      statuses.awaitSettled(it, Duration.ofNanos(end - System.nanoTime()));
  }
}
