package dev.poise.server.event;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a thing.
 *
 * @param kind of the thing, such as {@code load-balancer}
 */
public record Change(String kind, String resourceId, What what, About about) {
  /**
   * What is told of the thing, and to whom.
   *
   * @param loadBalancerId the load balancer it is, or is a part of
   * @param generation of that load balancer
   * @param privateTo the only user who is told of it; everybody of the tenant if absent
   * @param forAdministrators whether only administrators of the tenant are told of it
   */
  public record About(
      @Nullable String loadBalancerId,
      @Nullable Long generation,
      @Nullable String privateTo,
      boolean forAdministrators) {
    /** Nothing but the id, to everybody. */
    public static final About NOTHING = new About(null, null, null, false);

    /** A load balancer or a part of it, to everybody. */
    public static About loadBalancer(String id, long generation) {
      return new About(id, generation, null, false);
    }
  }

  /** What an action of the audit log comes to, such as {@code member.create}. */
  public static Change of(String action, String resourceId, About about) {
    String kind = action.contains(".") ? action.substring(0, action.indexOf('.')) : action;
    return new Change(kind, resourceId, What.of(action), about);
  }
}
