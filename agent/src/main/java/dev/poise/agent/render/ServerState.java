package dev.poise.agent.render;

import java.util.Collection;
import java.util.function.Predicate;

/**
 * Writes the file from which a starting HAProxy learns which servers are up.
 *
 * <p>Without it every server would start as up and get traffic until {@code fall} checks failed. So
 * those not known to be healthy are written as down: their first check comes within 250 ms and
 * decides. Only the verdict is handed over; weights and modes are always the spec's. Disabled
 * servers have no row, the configuration says all about them; servers that follow another one have
 * none either.
 */
public final class ServerState {
  private static final String HEADER =
      """
      1
      # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight \
      srv_time_since_last_change srv_check_status srv_check_result srv_check_health \
      srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord \
      srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
      """;
  private static final int DOWN = 0;
  private static final int UP = 2;

  private ServerState() {}

  /** The file's text. */
  public static String render(Collection<ServerLine> servers, Predicate<ServerLine> knownHealthy) {
    StringBuilder text = new StringBuilder(HEADER);
    for (ServerLine server : servers) {
      if (server.disabled() || server.follows()) continue;
      int state = knownHealthy.test(server) ? UP : DOWN;
      text.append(
          "1 %s %d %s %s %d 0 %d %d 0 1 0 0 6 0 0 1 - %d - 0 0 - - 0\n"
              .formatted(
                  server.backend(),
                  server.member().number(),
                  server.name(),
                  server.member().address(),
                  state,
                  server.weight(),
                  server.weight(),
                  server.member().port()));
    }
    return text.toString();
  }
}
