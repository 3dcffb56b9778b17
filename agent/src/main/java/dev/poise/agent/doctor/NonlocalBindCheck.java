package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether processes may listen on addresses that the machine does not have at the moment.
 *
 * @param setting where the kernel says it
 */
record NonlocalBindCheck(Path setting, boolean sharesAddresses) implements Check {
  @Override
  public List<Finding> findings() throws IOException {
    if (Files.readString(setting).strip().equals("1")) {
      return List.of(new Ok("net.ipv4.ip_nonlocal_bind is 1"));
    }
    String what = "net.ipv4.ip_nonlocal_bind is 0: nothing is ready for addresses to come";
    String remedy = "sysctl -w net.ipv4.ip_nonlocal_bind=1, and in /etc/sysctl.d/60-poise.conf";
    return List.of(sharesAddresses ? new Fail(what, remedy) : new Warn(what, remedy));
  }
}
