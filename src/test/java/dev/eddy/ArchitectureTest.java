package dev.eddy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The map: arrows point down only, and what is foreign enters at one place. The tables are the
 * rules; packages that are not there yet are in them already.
 */
@AnalyzeClasses(packages = "dev.eddy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /**
   * Which packages of ours each may use, besides itself; a name with two dots stands for all below.
   * Each line may name only what stands under it.
   */
  private static final List<Arrows> MAP =
      List.of(
          may(
              "app..",
              "streams",
              "streams.time",
              "streams.models",
              "avro",
              "model..",
              "score",
              "frames",
              "network",
              "layer",
              "kernel"),
          may(
              "streams",
              "streams.time",
              "streams.store",
              "streams.models",
              "avro",
              "model..",
              "score",
              "frames",
              "network",
              "layer",
              "kernel"),
          may("streams.time", "streams.store", "avro", "frames", "network"),
          may("streams.store"),
          may("streams.models", "avro", "model.."),
          may("avro", "model..", "network", "layer", "kernel"),
          may("model..", "network", "layer", "kernel"),
          may("score", "layer"),
          may("frames", "layer"),
          may("network", "layer", "kernel"),
          may("layer", "kernel"),
          may("kernel"));

  /** Which foreign packages only some of ours may use; what has two dots stands for all below. */
  private static final List<Foreign> FOREIGN =
      List.of(
          only(
              in("streams..", "app.."), "org.apache.kafka.streams..", "org.apache.kafka.clients.."),
          only(in("streams..", "app..", "avro"), "org.apache.kafka.common.."),
          only(in("app.."), "kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata.."),
          only(in("avro", "app..").or(generated()), "org.apache.avro", "org.apache.avro.generic"),
          only(in("avro").or(generated()), "org.apache.avro.io..", "org.apache.avro.specific.."),
          only(in("avro").or(localRegistry()), "io.confluent.."),
          only(in("model.onnx"), "com.google.protobuf..", "ai.onnx.."),
          only(vectorTwins(), "jdk.incubator.vector.."),
          only(in("app.."), "picocli..", "org.apache.commons.csv..", "me.tongfei.progressbar.."),
          only(
              in("app..", "streams..", "avro", "model.."),
              "java.io..",
              "java.nio.file..",
              "org.slf4j..",
              "com.fasterxml.jackson.."));

  private record Arrows(String from, List<String> to) {}

  private record Foreign(DescribedPredicate<JavaClass> ours, String... foreign) {}

  private static Arrows may(String from, String... to) {
    return new Arrows(from, List.of(to));
  }

  private static Foreign only(DescribedPredicate<JavaClass> ours, String... foreign) {
    return new Foreign(ours, foreign);
  }

  private static String[] packages(String... names) {
    return Arrays.stream(names).map(name -> "dev.eddy." + name).toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> in(String... names) {
    return resideInAnyPackage(packages(names));
  }

  /** What {@code VectorKernels}, found by name only, is made of. */
  private static DescribedPredicate<JavaClass> vectorTwins() {
    return DescribedPredicate.describe(
        "the vector twins", type -> type.getName().matches("dev\\.eddy\\.kernel\\.Vector\\w+"));
  }

  private static DescribedPredicate<JavaClass> named(String name) {
    return DescribedPredicate.describe(
        name, type -> type.getName().equals(name) || type.getName().startsWith(name + "$"));
  }

  /** The records of the demo, which Avro's plugin makes from {@code schemas/}. */
  private static DescribedPredicate<JavaClass> generated() {
    return DescribedPredicate.describe(
        "the demo's generated records",
        type ->
            type.getPackageName().equals("dev.eddy.app.demo")
                && (type.isAssignableTo("org.apache.avro.specific.SpecificRecordBase")
                    || type.isAssignableTo("org.apache.avro.data.RecordBuilder")));
  }

  /** The app's own registry, in place of a server where it runs everything in one process. */
  private static DescribedPredicate<JavaClass> localRegistry() {
    return DescribedPredicate.describe(
        "the app's local registry",
        type -> type.getName().matches("dev\\.eddy\\.app\\.embedded\\.Local\\w*Registry(\\$.*)?"));
  }

  @ArchTest
  static void arrowsShouldPointDownOnly(JavaClasses all) {
    for (Arrows arrows : MAP) {
      List<String> allowed = new ArrayList<>(arrows.to);
      allowed.add(arrows.from);
      DescribedPredicate<JavaClass> others =
          resideInAPackage("dev.eddy..")
              .and(DescribedPredicate.not(in(allowed.toArray(String[]::new))));
      noClasses()
          .that(in(arrows.from))
          .should()
          .dependOnClassesThat(others)
          .as(arrows.from + " uses nothing of ours but " + arrows.to)
          .allowEmptyShould(true)
          .check(all);
    }
  }

  @ArchTest
  static void foreignPackagesShouldEnterAtOnePlace(JavaClasses all) {
    for (Foreign rule : FOREIGN) {
      noClasses()
          .that(DescribedPredicate.not(rule.ours))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(rule.foreign)
          .as("only " + rule.ours.getDescription() + " uses " + List.of(rule.foreign))
          .allowEmptyShould(true)
          .check(all);
    }
  }

  @ArchTest
  static void scoresShouldKnowOfLayersOnlyHowStateIsNamed(JavaClasses all) {
    noClasses()
        .that(in("score"))
        .should()
        .dependOnClassesThat(
            in("layer").and(DescribedPredicate.not(named("dev.eddy.layer.StatePart"))))
        .allowEmptyShould(true)
        .check(all);
  }

  @ArchTest
  static void everyPackageShouldBeOnTheMap(JavaClasses all) {
    String[] known = MAP.stream().map(Arrows::from).toArray(String[]::new);
    classes().should().resideInAnyPackage(packages(known)).check(all);
  }

  /** The map itself names only what stands under a line. */
  @TestFactory
  Stream<DynamicTest> mapShouldPointDown() {
    return MAP.stream()
        .map(
            arrows ->
                DynamicTest.dynamicTest(
                    arrows.from,
                    () -> {
                      Set<String> under = new TreeSet<>();
                      MAP.subList(MAP.indexOf(arrows) + 1, MAP.size())
                          .forEach(line -> under.add(line.from));
                      assertThat(under).containsAll(arrows.to);
                    }));
  }
}
