package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.agent.kernel.Tool;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a program is there and new enough.
 *
 * @param name what it is called on lines for people; its package in Debian too
 * @param lowest the version it must have at least
 * @param loss what the node cannot do without it
 * @param essential whether that is what this node has to do
 */
record ProgramCheck(
    String name, String program, String option, String lowest, String loss, boolean essential)
    implements Check {
  private static final Pattern VERSION = Pattern.compile("\\bv(?:ersion )?(\\d+(?:\\.\\d+)+)");

  static List<ProgramCheck> of(Subject.Programs programs, Orders orders) {
    String udp = "no UDP, no filtered pings, no packet counters";
    boolean datagrams = orders.forwardsDatagrams();
    return List.of(
        new ProgramCheck("haproxy", programs.haproxy(), "-v", "2.6", "nothing is served", true),
        new ProgramCheck("nftables", programs.nft(), "--version", "1.0.6", udp, datagrams),
        new ProgramCheck("conntrack", programs.conntrack(), "--version", "1.4", udp, datagrams),
        new ProgramCheck(
            "keepalived",
            programs.keepalived(),
            "--version",
            "2.2",
            "no addresses shared with other nodes",
            orders.sharesAddresses()));
  }

  @Override
  public List<Finding> findings() {
    Tool.Run run;
    try {
      run = new Tool(program).run(List.of(option), "");
    } catch (IOException e) {
      return List.of(bad(name + ": " + e.getMessage()));
    }
    Matcher version = VERSION.matcher(run.output());
    if (!run.succeeded() || !version.find()) {
      return List.of(bad("'%s %s' does not say a version".formatted(program, option)));
    }
    String found = version.group(1);
    return List.of(
        Arrays.compare(numbers(found), numbers(lowest)) >= 0
            ? new Ok(name + " " + found)
            : bad(name + " " + found + " is older than " + lowest));
  }

  private Finding bad(String what) {
    String remedy = "apt-get install " + name + "; without it: " + loss;
    return essential ? new Fail(what, remedy) : new Warn(what, remedy);
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
  }
}
