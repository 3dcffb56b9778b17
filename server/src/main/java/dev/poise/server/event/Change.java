package dev.poise.server.event;

import dev.poise.server.event.Followed.About;

/**
 * Something that happened to a thing.
 *
 * @param kind of the thing, such as {@code load-balancer}
 */
public record Change(String kind, String resourceId, What what, About about) {
  /** What an action of the audit log comes to, such as {@code member.create}. */
  public static Change of(String action, String resourceId, About about) {
    String kind = action.contains(".") ? action.substring(0, action.indexOf('.')) : action;
    return new Change(kind, resourceId, What.of(action), about);
  }
}
