package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is in the folder deploy, as far as it can be tried without a machine. */
class DeployTest {
  private static final Path ROOT =
      Path.of(System.getProperty("poise.root", "..")).toAbsolutePath().normalize();
  private static final Path DEPLOY = ROOT.resolve("deploy");

  @TempDir Path directory;

  @Test
  void theScriptsAreWithoutFaultsAShellWouldFindTooLate() {
    List<String> command = new ArrayList<>(List.of("shellcheck"));
    for (String script :
        List.of(
            "deploy/install.sh", "deploy/make-archive", "deploy/archive/poise-agent", "poise")) {
      command.add(ROOT.resolve(script).toString());
    }
    command.add(Path.of("src/test/programs/machine").toAbsolutePath().toString());
    assertThat(Program.run(ROOT, command)).isEqualTo(new Program.Result(0, ""));
  }

  private Program.Result install(String arguments, String... before) throws IOException {
    // As a server hands it out, for an archive that nobody has.
    Path script = directory.resolve("install.sh");
    String text = Files.readString(DEPLOY.resolve("install.sh"));
    Files.writeString(script, text.replace("@SHA256@", "0".repeat(64)));
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(List.of("sh", script.toString()));
    if (!arguments.isEmpty()) command.addAll(List.of(arguments.split(" ", -1)));
    return Program.run(directory, command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                                        | --server is missing",
        "--server http://10.0.0.1 --pin sha256//x --token t      | does not begin with https://",
        "--server https://10.0.0.1 --token t                     | --pin is missing",
        "--server https://10.0.0.1 --pin md5//x --token t        | does not begin with sha256//",
        "--server https://10.0.0.1 --pin sha256//x               | --token is missing",
        "--server https://10.0.0.1 --pin                         | --pin needs a value",
        "--server https://10.0.0.1 --pin sha256//x --token t --prefix a | not an absolute path",
        "--server https://10.0.0.1 --pin sha256//x --token t --prefix /a,b | other characters",
        "--colour blue                                           | '--colour' is not an option"
      },
      quoteCharacter = '"')
  void optionsThatMakeNoSenseAreRefusedWithASentence(String arguments, String sentence)
      throws IOException {
    Program.Result refused = install(arguments == null ? "" : arguments);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.text()).contains("poise: ").contains(sentence);
  }

  @Test
  void onlyRootInstalls() throws IOException {
    Program.output("chmod", "755", directory.toString());
    Program.Result refused =
        install(
            "--server https://10.0.0.1 --pin sha256//x --token t",
            "setpriv",
            "--reuid=65534",
            "--clear-groups");
    assertThat(refused)
        .isEqualTo(new Program.Result(1, "poise: Only root can install it: put sudo before sh.\n"));
  }

  @Test
  void aScriptThatNoServerHandedOutSaysWhereToGetOne() {
    Program.Result refused =
        Program.run(directory, List.of("sh", DEPLOY.resolve("install.sh").toString()));
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.text()).contains("URL/install");
  }

  @Test
  void halfAScriptDoesNothing() throws IOException {
    String text = Files.readString(DEPLOY.resolve("install.sh"));
    Path half = directory.resolve("half.sh");
    Files.writeString(half, text.substring(0, text.lastIndexOf("main \"$@\"")));
    assertThat(Program.run(directory, List.of("sh", half.toString())))
        .isEqualTo(new Program.Result(0, ""));
  }

  // --- Units
  // ----------------------------------------------------------------------------------------

  @Test
  void systemdUnderstandsTheUnits() {
    for (String unit : List.of("poise-agent.service", "poise-server.service")) {
      Program.Result read =
          Program.run(
              directory,
              List.of("systemd-analyze", "verify", DEPLOY.resolve("systemd/" + unit).toString()));
      // Where it is tested, it is not installed.
      assertThat(read.text().lines().filter(line -> !line.contains("is not executable")))
          .as(unit)
          .isEmpty();
    }
  }

  @Test
  void theAgentSeesTheMachinesOwnMounts() throws IOException {
    String unit = Files.readString(DEPLOY.resolve("systemd/poise-agent.service"));
    Pattern separating =
        Pattern.compile(
            "(?m)^(Protect(System|Home|Kernel\\w+|ControlGroups|Proc)|ProcSubset|Private(Tmp|Devices"
                + "|Mounts|IPC)|(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec)Paths|Bind\\w*Paths"
                + "|TemporaryFileSystem|Root(Directory|Image)|MountFlags|MountImages|DynamicUser)=");
    assertThat(separating.matcher(unit).results().map(match -> match.group(1))).isEmpty();
    assertThat(unit)
        .contains("KillMode=process", "OOMPolicy=continue", "RuntimeDirectoryPreserve=yes");
  }

  @Test
  void theExampleOfTheServersEnvironmentHasEverySetting() throws IOException {
    Set<String> known =
        settings(
            "\\$\\{(POISE_[A-Z_]+)", ROOT.resolve("server/src/main/resources/application.yaml"));
    Set<String> shown = settings("(?m)^#?(POISE_[A-Z_]+)=", DEPLOY.resolve("poise-server.env"));
    assertThat(known).hasSizeGreaterThan(20);
    assertThat(shown).isEqualTo(known);
  }

  private static Set<String> settings(String pattern, Path file) throws IOException {
    Set<String> found = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    while (matcher.find()) found.add(matcher.group(1));
    return found;
  }
}
