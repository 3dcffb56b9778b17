package dev.poise.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.http.HttpClient;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.poise.agent");

  @Test
  void packagesUseOnlyWhatIsBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.poise.agent..")
        .layer("render")
        .definedBy("dev.poise.agent.render")
        .layer("ledger")
        .definedBy("dev.poise.agent.ledger")
        .layer("kernel")
        .definedBy("dev.poise.agent.kernel")
        .layer("probe")
        .definedBy("dev.poise.agent.probe")
        .layer("network")
        .definedBy("dev.poise.agent.network")
        .layer("engine")
        .definedBy("dev.poise.agent.engine")
        .layer("observe")
        .definedBy("dev.poise.agent.observe")
        .layer("vrrp")
        .definedBy("dev.poise.agent.vrrp")
        .layer("link")
        .definedBy("dev.poise.agent.link")
        .layer("doctor")
        .definedBy("dev.poise.agent.doctor")
        .layer("agent")
        .definedBy("dev.poise.agent")
        .whereLayer("agent")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("doctor")
        .mayOnlyBeAccessedByLayers("agent")
        .whereLayer("link")
        .mayOnlyBeAccessedByLayers("agent", "doctor")
        .whereLayer("vrrp")
        .mayOnlyBeAccessedByLayers("agent")
        .whereLayer("observe")
        .mayOnlyBeAccessedByLayers("agent", "link", "vrrp")
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("agent", "observe", "vrrp")
        .whereLayer("network")
        .mayOnlyBeAccessedByLayers("agent", "engine")
        .whereLayer("ledger")
        .mayOnlyBeAccessedByLayers("agent", "doctor", "link", "engine", "network", "vrrp")
        .whereLayer("kernel")
        .mayOnlyBeAccessedByLayers(
            "agent", "doctor", "network", "engine", "observe", "probe", "vrrp")
        .whereLayer("probe")
        .mayOnlyBeAccessedByLayers("agent", "network", "engine", "observe")
        .whereLayer("render")
        .mayOnlyBeAccessedByLayers(
            "agent", "doctor", "engine", "kernel", "probe", "observe", "vrrp")
        .check(CLASSES);
  }

  @Test
  void theRendererTouchesNothing() {
    noClasses()
        .that()
        .resideInAPackage("dev.poise.agent.render")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.file.Files")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .check(CLASSES);
  }

  @Test
  void processesAndSocketsHaveTheirHomes() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.poise.agent.engine", "dev.poise.agent.kernel", "dev.poise.agent.vrrp")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.poise.agent.engine")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(SocketChannel.class)
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.poise.agent.probe")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(DatagramChannel.class)
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.poise.agent.link")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(HttpClient.class)
        .check(CLASSES);
  }

  @Test
  void theAgentKnowsNoFrameworkAndNoServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "dev.poise.server..", "java.sql..")
        .check(CLASSES);
  }
}
