package dev.poise.server.observation;

import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberReport;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecJson;
import java.util.Comparator;

/**
 * What a report says beyond numbers that always change, as a short text that is the same as long as
 * nothing of it changed: what became of the configuration, what is served, who is healthy.
 */
final class Essence {
  private static final int LENGTH = 32;

  private Essence() {}

  static String of(LoadBalancerReport report) {
    StringBuilder said = new StringBuilder(SpecJson.write(report.outcome()));
    said.append('\n')
        .append(
            switch (report.serving()) {
              case Serving.Nothing _ -> "nothing";
              case Serving.InKernel(long generation) -> "generation " + generation;
              case Serving.Running running -> "generation " + running.generation();
            });
    report.members().stream()
        .sorted(Comparator.comparing(member -> member.id().text()))
        .forEach(member -> append(said, member));
    return SpecJson.digest(said.toString()).substring(0, LENGTH);
  }

  private static void append(StringBuilder said, MemberReport member) {
    said.append('\n').append(member.id()).append(' ').append(member.health());
  }
}
