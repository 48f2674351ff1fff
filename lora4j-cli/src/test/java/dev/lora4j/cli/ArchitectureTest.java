package dev.lora4j.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may depend on what, over all modules. */
@AnalyzeClasses(packages = "dev.lora4j", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTensorSeesTheEngine = noClasses()
            .that()
            .resideOutsideOfPackage("dev.lora4j.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.lora4j.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule formatsStandAlone = noClasses()
            .that()
            .resideInAPackage("dev.lora4j.formats..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.lora4j.tensor..",
                    "dev.lora4j.model..",
                    "dev.lora4j.lora..",
                    "dev.lora4j.data..",
                    "dev.lora4j.training..",
                    "dev.lora4j.generation..");

    @ArchTest
    static final ArchRule tensorKnowsNothingAboveIt = noClasses()
            .that()
            .resideInAPackage("dev.lora4j.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lora4j.model..", "dev.lora4j.lora..", "dev.lora4j.data..");

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsTheServer = noClasses()
            .that()
            .resideOutsideOfPackages("dev.lora4j.server..", "dev.lora4j.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.lora4j.server..");

    @ArchTest
    static final ArchRule onlyTheServerSpeaksHttpToClients = noClasses()
            .that()
            .resideOutsideOfPackage("dev.lora4j.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..", "io.micrometer..");

    @ArchTest
    static final ArchRule theServerMeasuresNothingAndBringsNoSamples = noClasses()
            .that()
            .resideInAPackage("dev.lora4j.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lora4j.evaluation..", "dev.lora4j.samples..");

    @ArchTest
    static final ArchRule theServerTrainsInJobsAlone = noClasses()
            .that()
            .resideInAPackage("dev.lora4j.server..")
            .and()
            .resideOutsideOfPackage("dev.lora4j.server.finetuning..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lora4j.training..", "java.sql..");

    @ArchTest
    static final ArchRule fineTuningKnowsNoHttp = noClasses()
            .that()
            .resideInAPackage("dev.lora4j.server.finetuning..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.lora4j.server", "io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule onlyTheConsoleTouchesTheProcessesStreams = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.lora4j.cli.Console")
            .should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule loggingIsSlf4j =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)");
}
