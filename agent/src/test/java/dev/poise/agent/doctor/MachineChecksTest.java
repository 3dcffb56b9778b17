package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.support.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from files of the kernel, from folders and from programs. */
class MachineChecksTest {
  @TempDir Path directory;

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("file"), text);
  }

  private static String only(Check check) throws Exception {
    List<Finding> findings = check.findings();
    assertThat(findings).hasSize(1);
    return findings.getFirst().line();
  }

  @Test
  void everyRightIsNamedThatIsMissing() throws Exception {
    Path all = file("Name:\tjava\nCapPrm:\t0\nCapEff:\t000001ffffffffff\n");
    assertThat(new RightsCheck(all).findings())
        .hasSize(4)
        .allMatch(finding -> finding instanceof Finding.Ok);
    // All but CAP_SYS_ADMIN (21) and CAP_NET_BIND_SERVICE (10).
    Path some = file("CapEff:\t000001ffffdffbff\n");
    List<String> lines = new RightsCheck(some).findings().stream().map(Finding::line).toList();
    assertThat(lines).filteredOn(line -> line.startsWith("ok")).hasSize(2);
    assertThat(lines)
        .anyMatch(line -> line.startsWith("fail  CAP_NET_BIND_SERVICE is missing"))
        .anyMatch(line -> line.startsWith("warn  CAP_SYS_ADMIN is missing"));
  }

  @Test
  void whatIsNotInTheFileIsNotTakenForGood() throws Exception {
    Path empty = file("");
    assertThatThrownBy(() -> new RightsCheck(empty).findings()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new OpenFilesCheck(empty, 1).findings())
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1048576, 10000, ok    open files: 1048576",
    "unlimited, 10000, ok    open files: unlimited",
    "20001, 10000, ok    open files: 20001",
    "20000, 10000, fail  open files: 20000"
  })
  void connectionsNeedTwoFilesEach(String limit, int connections, String begin) throws Exception {
    Path limits =
        file("Limit  Soft Limit  Hard Limit  Units\nMax open files  1024  " + limit + "  files\n");
    assertThat(only(new OpenFilesCheck(limits, connections))).startsWith(begin);
  }

  @Test
  void nonlocalAddressesMustBeAllowedWhereTheyAreShared() throws Exception {
    assertThat(only(new NonlocalBindCheck(file("1\n"), true))).startsWith("ok");
    assertThat(only(new NonlocalBindCheck(file("0\n"), false))).startsWith("warn");
    assertThat(only(new NonlocalBindCheck(file("0\n"), true)))
        .startsWith("fail")
        .contains("sysctl -w net.ipv4.ip_nonlocal_bind=1");
  }

  @Test
  void forwardingIsLookedAtWhereDatagramsAreForwarded() throws Exception {
    assertThat(new ForwardingCheck(file("0\n"), false).findings()).isEmpty();
    assertThat(only(new ForwardingCheck(file("0\n"), true))).startsWith("warn");
    assertThat(only(new ForwardingCheck(file("1\n"), true))).startsWith("ok");
  }

  @Test
  void aTableOfConnectionsThatIsNotThereIsNotFull() throws Exception {
    assertThat(new TrackingCheck(directory).findings()).isEmpty();
  }

  @Test
  void theNumbersAreThoseOfTheKernel() throws Exception {
    // Not every kernel tracks connections, and all numbers of the kernel are read in the same way.
    Path sys = Path.of("/proc/sys");
    Files.createSymbolicLink(
        directory.resolve("nf_conntrack_count"), sys.resolve("net/core/somaxconn"));
    Files.createSymbolicLink(directory.resolve("nf_conntrack_max"), sys.resolve("kernel/pid_max"));
    List<String> sysctl = List.of("sysctl", "-n", "net.core.somaxconn", "kernel.pid_max");
    String[] numbers = Command.run(directory, sysctl).output().strip().split("\n", -1);
    assertThat(numbers).hasSize(2).allMatch(number -> number.length() > 1);
    assertThat(only(new TrackingCheck(directory)))
        .contains("tracked connections: " + numbers[0] + " of " + numbers[1]);
  }

  @ParameterizedTest
  @CsvSource({
    "799, 1000, ok    tracked connections: 799 of 1000",
    "800, 1000, warn  tracked connections: 800 of 1000",
    "800, 0, ok    tracked connections: 800 of 0"
  })
  void aTableOfConnectionsMustHaveRoom(String tracked, String most, String begin) throws Exception {
    Files.writeString(directory.resolve("nf_conntrack_count"), tracked + "\n");
    Files.writeString(directory.resolve("nf_conntrack_max"), most + "\n");
    assertThat(only(new TrackingCheck(directory))).startsWith(begin);
  }

  @Test
  void aFolderMustBeThereWithRoom() throws Exception {
    FolderCheck check = new FolderCheck("data.dir", directory);
    assertThat(only(check)).startsWith("ok    data.dir: " + directory);
    try (var left = Files.list(directory)) {
      assertThat(left).as("what the check wrote").isEmpty();
    }
    assertThat(check.room(99).line()).startsWith("warn");
    assertThat(check.room(9).line()).startsWith("fail");
    assertThat(only(new FolderCheck("run.dir", directory.resolve("none")))).startsWith("warn");
  }

  @Test
  void aFolderThatCannotBeWrittenToIsAFault() throws Exception {
    // Even root writes no files there.
    assertThat(only(new FolderCheck("data.dir", Path.of("/proc/self"))))
        .startsWith("fail  data.dir: /proc/self cannot be written to");
  }

  private ProgramCheck program(String prints, int exit, boolean essential) throws IOException {
    Path program = directory.resolve("program");
    Files.deleteIfExists(program);
    Files.createFile(
        program,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(program, "#!/bin/sh\necho '" + prints + "'\nexit " + exit + "\n");
    return new ProgramCheck("thing", program.toString(), "-v", "2.6", "no things", essential);
  }

  @Test
  void programsMustBeNewEnough() throws Exception {
    assertThat(only(program("HAProxy version 2.6.12-1+deb12u4 2026/01/01", 0, true)))
        .isEqualTo("ok    thing 2.6.12");
    assertThat(only(program("Thing v10.0 (code)", 0, true))).isEqualTo("ok    thing 10.0");
    assertThat(only(program("Thing v2.5.99", 0, true)))
        .startsWith("fail  thing 2.5.99 is older than 2.6")
        .contains("no things");
    assertThat(only(program("Thing v2.5.99", 0, false))).startsWith("warn");
    assertThat(only(program("Thing v2.6", 1, true))).startsWith("fail");
    assertThat(only(program("nothing", 0, true))).startsWith("fail");
  }

  @Test
  void aProgramThatIsMissingIsNamedWithItsPackage() throws Exception {
    ProgramCheck check =
        new ProgramCheck("thing", "/nowhere/thing", "-v", "1.0", "no things", false);
    assertThat(only(check)).startsWith("warn  thing:").contains("apt-get install thing");
  }

  @Test
  void theProgramsOfThisMachineAreUnderstood() throws Exception {
    var programs = new Subject.Programs("haproxy", "nft", "conntrack", "keepalived");
    Orders orders = new Orders(true, List.of(), true, List.of());
    for (ProgramCheck check : ProgramCheck.of(programs, orders)) {
      assertThat(only(check)).matches("ok    [a-z]+ \\d+\\.\\d+.*");
    }
  }
}
