package dev.poise.agent.probe;

import dev.poise.spec.MemberReport.Health;
import java.time.Instant;

/**
 * What the checks of a member by datagrams come to.
 *
 * @param checkMillis how long the last check took
 */
public record ProbeVerdict(Health health, String reason, Instant since, long checkMillis) {}
