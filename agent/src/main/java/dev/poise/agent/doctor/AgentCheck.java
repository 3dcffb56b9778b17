package dev.poise.agent.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether the agent runs. */
record AgentCheck(Optional<Processes.Running> agent, Path config) implements Check {
  @Override
  public List<Finding> findings() {
    return List.of(
        agent
            .<Finding>map(found -> new Finding.Ok("the agent runs as process " + found.pid()))
            .orElseGet(() ->
                new Finding.Warn(
                    "no agent runs with " + config,
                    "systemctl start poise-agent; 'journalctl -u poise-agent' says why it ended")));
  }
}
