package dev.poise.server.app;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The line of ARCHITECTURE.md: a package may use those left of it, never those right of it or
 * beside it.
 */
class DependencyLineTest {
  private static final List<List<String>> LINE =
      List.of(
          List.of("platform"),
          List.of("channel"),
          List.of("event"),
          List.of("audit"),
          List.of("quota"),
          List.of("identity"),
          List.of("network"),
          List.of("cluster", "observation", "certificate", "securitygroup"),
          List.of("loadbalancer"),
          List.of("fleet"),
          List.of("app"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.poise.server");

  @Test
  void packagesUseOnlyThoseLeftOfThem() {
    for (int i = 0; i < LINE.size(); i++) {
      for (String name : LINE.get(i)) {
        List<String> forbidden = new ArrayList<>();
        LINE.subList(i, LINE.size()).forEach(forbidden::addAll);
        forbidden.remove(name);
        if (forbidden.isEmpty()) continue;
        ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.poise.server." + name + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                forbidden.stream()
                    .map(right -> "dev.poise.server." + right + "..")
                    .toArray(String[]::new))
            .check(CLASSES);
      }
    }
  }

  @Test
  void everyPackageIsOnTheLine() {
    String[] known =
        LINE.stream()
            .flatMap(List::stream)
            .map(name -> "dev.poise.server." + name + "..")
            .toArray(String[]::new);
    ArchRuleDefinition.classes().should().resideInAnyPackage(known).check(CLASSES);
  }

  @Test
  void onlyStoresAndTheirLikeTalkToTheDatabase() {
    ArchRuleDefinition.noClasses()
        .that()
        .haveSimpleNameEndingWith("Controller")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework.jdbc..")
        .check(CLASSES);
  }

  @Test
  void theServerKnowsNothingOfTheAgent() {
    ArchRuleDefinition.noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.poise.agent..")
        .check(CLASSES);
  }
}
