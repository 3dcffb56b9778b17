package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RunAsTest {
  private static final List<String> COMMAND = List.of("postgres", "-D", "/a b");

  @Test
  void anOrdinaryUserRunsTheCommandAsItIs() {
    assertThat(new RunAs.Ourselves().command(COMMAND)).isEqualTo(COMMAND);
  }

  @Test
  void rootRunsItInAUserNamespace() {
    assertThat(new RunAs.Namespace().command(COMMAND))
        .containsExactly("unshare", "--user", "postgres", "-D", "/a b");
  }

  @Test
  void rootWithoutUserNamespacesRunsItAsAnotherAccount() {
    String group = Commands.run(List.of("id", "-g", "nobody")).output();
    assertThat(new RunAs.Account("nobody").command(COMMAND))
        .startsWith("setpriv", "--reuid=nobody", "--regid=" + group, "--clear-groups")
        .endsWith("postgres", "-D", "/a b");
  }
}
