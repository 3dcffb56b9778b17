package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.VpcId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's network in a data centre.
 *
 * @param version counts its changes
 */
public record Vpc(
    VpcId id,
    @Schema(description = "The user who made it") String creatorId,
    DataCenterId dataCenterId,
    String name,
    String remark,
    Segment segment,
    @Schema(hidden = true) @JsonIgnore long version,
    Instant createTime) {

  Vpc with(Input said) {
    Segment wanted = said.segment();
    if (wanted == null || !wanted.isSameNetwork(segment)) {
      throw new Refusal.Invalid(
          "/segment",
          ProblemType.IMMUTABLE_FIELD,
          "Of a segment only the peers can be changed after creation.");
    }
    return new Vpc(
        id,
        creatorId,
        dataCenterId,
        said.name(),
        said.remarkOrNone(),
        wanted,
        version + 1,
        createTime);
  }

  /** What is said to make one. */
  @Schema(name = "VpcInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
          DataCenterId dataCenterId,
      @Schema(
              description =
                  "What makes the VPC real on nodes; {\"type\": \"HOST\"}, the network the nodes"
                      + " are in, if absent. Only platform administrators choose another one, and"
                      + " nothing but its peers can be changed later")
          @Valid
          @Nullable Segment segment) {
    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    static Input of(Vpc it) {
      return new Input(it.name(), it.remark(), it.dataCenterId(), it.segment());
    }
  }
}
