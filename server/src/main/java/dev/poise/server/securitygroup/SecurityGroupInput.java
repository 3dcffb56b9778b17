package dev.poise.server.securitygroup;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A security group as a client says it. */
@Schema(name = "SecurityGroupInput")
record SecurityGroupInput(
    @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
    @Line(max = 512) @Nullable String remark,
    @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
        DataCenterId dataCenterId,
    @Schema(
            description =
                "None lets nobody in. Only when the group is made; later they are at"
                    + " /security-groups/{id}/rules")
        @Size(max = SecurityGroup.MOST_RULES)
        @Nullable List<@NotNull(message = "is required") @Valid GroupRuleInput> rules) {

  List<GroupRuleInput> rulesOrNone() {
    return rules == null ? List.of() : rules;
  }

  /** What of a group a patch may speak of. */
  @Schema(name = "SecurityGroupDescriptionInput")
  record Description(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Cannot be changed") @NotNull(message = "is required")
          DataCenterId dataCenterId) {
    static Description of(SecurityGroup group) {
      return new Description(group.name(), group.remark(), group.dataCenter());
    }

    String remarkOrDefault() {
      return Objects.requireNonNullElse(remark, "");
    }
  }
}
