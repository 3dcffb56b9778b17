package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolWordsTest {
  @Test
  void keepsTheAlertsWithoutPlacesOfThisMachine() {
    String output =
        """
        [NOTICE]   (7108) : haproxy version is 2.6.12-1+deb12u4
        [NOTICE]   (7108) : path to executable is /usr/sbin/haproxy
        [WARNING]  (7108) : config : Server b/m1 is DOWN, changed from server-state after a reload.
        [ALERT]    (7108) : config : parsing [/var/lib/poise/lb/x/gen-1-a/haproxy.cfg:31] : weight
        [ALERT]    (7108) : config : Error(s) found in configuration file : /var/lib/haproxy.cfg
        [ALERT]    (7108) : config : Fatal errors found in configuration.
        """;
    assertThat(ToolWords.of(new Finished(1, output))).isEqualTo("parsing line 31 : weight");
  }

  @Test
  void keepsTheAddressThatCouldNotBeBound() {
    String output =
        """
        [ALERT]    (1) : Binding [haproxy.cfg:21] for frontend f: cannot bind socket (Address \
        already in use) for [127.81.0.2:8000]
        [ALERT]    (1) : [haproxy.main()] Some protocols failed to start their listeners! Exiting.
        """;
    assertThat(ToolWords.of(new Finished(1, output)))
        .isEqualTo(
            "Binding line 21 for frontend f: cannot bind socket (Address already in use) for"
                + " [127.81.0.2:8000]");
  }

  @Test
  void saysTheCodeWhenNothingElseWasSaid() {
    assertThat(ToolWords.of(new Finished(139, ""))).isEqualTo("haproxy ended with code 139");
  }
}
