package dev.poise.agent;

import dev.poise.agent.doctor.Doctor;
import dev.poise.agent.doctor.Subject;
import dev.poise.agent.link.ServerClient;
import java.io.IOException;
import java.nio.file.Path;

/** Shows a node to the doctor. */
final class Examination {
  private Examination() {}

  static Doctor of(Path file, AgentConfig config, String version) throws IOException {
    Subject.Programs programs =
        new Subject.Programs(
            config.haproxyBinary(),
            config.nftBinary(),
            config.conntrackBinary(),
            config.keepalivedBinary());
    return Doctor.of(
        new Subject(config.node(), file, config.settings(), programs, () -> open(config), version),
        System.out);
  }

  private static ServerClient open(AgentConfig config) throws IOException {
    try {
      return new ServerClient(config.server(), config.nodeKey());
    } catch (AgentConfig.Unusable e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
