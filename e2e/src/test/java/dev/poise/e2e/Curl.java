package dev.poise.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Requests of curl, which checks certificates against one authority. */
record Curl(Authority authority, Balancer balancer) {
  /** The body comes back, and the version and the status behind it. */
  Program.Result get(int port, String domain, List<String> options) {
    String place = domain + ":" + port;
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--max-time",
                "10",
                "--noproxy",
                "*",
                "--cacert",
                authority.certificate().toString(),
                "--resolve",
                place + ":" + balancer.at(port).getHostString(),
                "-w",
                "status %{http_code} version %{http_version}"));
    command.addAll(options);
    command.add("https://" + place + "/");
    return Program.run(Path.of("."), command);
  }

  /** The options that show a certificate. */
  static List<String> shown(Authority.Issued client) {
    return List.of("--cert", client.certificate().toString(), "--key", client.key().toString());
  }
}
