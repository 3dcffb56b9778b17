package dev.poise.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the person asked for.
 *
 * @param members of all load balancers together
 * @param rounds of everything, with each size
 * @param seconds for each kind of call in each round
 * @param calls the kinds of calls that are measured
 */
record ControlPlaneOptions(
    int nodes,
    int loadBalancers,
    int members,
    int rounds,
    int seconds,
    List<String> calls,
    Optional<Path> json) {
  static final String GET = "get";
  static final String LIST = "list";
  static final String EDIT = "edit";
  static final String REPORT = "report";

  private static final String HELP =
      """
      ./poise bench control-plane [options]
        --nodes N            simulate N nodes, two in each cluster; 200 if absent
        --load-balancers N   with N load balancers, and before with a quarter and half of them; 10000 if absent
        --members N          with N members, all together; 100000 if absent
        --rounds N           measure everything N times with each size; 5 if absent
        --seconds N          each time so long; 3 if absent
        --calls NAME,...     measure these kinds of calls: get,list,edit,report; all if absent
        --json FILE          write the figures there as well\
      """;

  static ControlPlaneOptions parse(List<String> arguments) {
    CommandLine line = CommandLine.parse(HELP, arguments);
    return new ControlPlaneOptions(
        2 * Math.ceilDiv(line.number("--nodes", 200, 2_000), 2),
        line.number("--load-balancers", 10_000, 60_000),
        line.number("--members", 100_000, 1_000_000),
        line.number("--rounds", 5, 100),
        line.number("--seconds", 3, 600),
        line.some("--calls", List.of(GET, LIST, EDIT, REPORT)),
        line.path("--json"));
  }

  boolean measures(String kind) {
    return calls.contains(kind);
  }

  int membersOfEach() {
    return Math.clamp(members / loadBalancers, 1, 500);
  }

  /** With how many load balancers everything is measured, one after the other. */
  List<Integer> sizes() {
    return Stream.of(loadBalancers / 4, loadBalancers / 2, loadBalancers)
        .map(size -> Math.max(1, size))
        .distinct()
        .toList();
  }
}
