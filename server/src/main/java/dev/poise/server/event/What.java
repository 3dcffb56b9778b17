package dev.poise.server.event;

import io.swagger.v3.oas.annotations.media.Schema;

/** What happened to a thing. */
@Schema(name = "EventType")
public enum What {
  CREATED,
  UPDATED,
  DELETED,
  /** Nobody changed it, but what is true of it is something else now. */
  STATUS;

  /** What an action of the audit log comes to, such as {@code member.create}. */
  static What of(String action) {
    return switch (action.substring(action.indexOf('.') + 1)) {
      case "create" -> CREATED;
      case "delete" -> DELETED;
      default -> UPDATED;
    };
  }
}
