package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place with machines. Load balancers use only what is in their own data centre.
 *
 * @param version counts its changes
 */
public record DataCenter(
    DataCenterId id,
    String name,
    String remark,
    @Schema(hidden = true) @JsonIgnore long version,
    Instant createTime) {

  DataCenter with(Input said) {
    return new DataCenter(id, said.name(), said.remarkOrNone(), version + 1, createTime);
  }

  /** What is said to make one. */
  @Schema(name = "DataCenterInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark) {
    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    static Input of(DataCenter it) {
      return new Input(it.name(), it.remark());
    }
  }
}
