package dev.poise.server.platform;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** The things that one request changes, each for itself. */
@Schema(name = "BatchInput")
public record BatchInput(
    @NotNull(message = "is required") @Size(min = 1, max = 100)
        List<@NotNull(message = "is required") @Size(max = 64) String> ids) {}
