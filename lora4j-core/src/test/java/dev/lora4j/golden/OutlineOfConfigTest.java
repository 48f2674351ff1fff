package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A configuration alone tells the modules of a model as its files do. */
class OutlineOfConfigTest {
    private static Stream<String> plainCases() {
        return Stream.of(Golden.causalCases(), Golden.encoderCases()).flatMap(List::stream);
    }

    private static List<String> sequenceCases() {
        return Golden.sequenceCases();
    }

    @ParameterizedTest
    @MethodSource("plainCases")
    void aConfigurationTellsPathsShapesAndParametersOfTheLoadedModel(String name) {
        try (Scope scope = Scope.open();
                ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
                LanguageModel loaded = LanguageModel.load(files);
                LanguageModel outline = LanguageModel.outline(name, files.config(), loaded.task())) {
            Map<String, String> expected = modules(loaded, List.of("pooler.dense"));
            assertThat(modules(outline, List.of("pooler.dense"))).isEqualTo(expected);
            assertThat(outline.parameters() - pooler(outline)).isEqualTo(loaded.parameters() - pooler(loaded));
        }
    }

    @ParameterizedTest
    @MethodSource("sequenceCases")
    void underAHeadForSequencesTheyAreTheSame(String name) {
        try (Scope scope = Scope.open();
                ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
                LanguageModel loaded = LanguageModel.load(files, ModelTask.SEQ_CLS, Device.CPU);
                LanguageModel outline = LanguageModel.outline(name, files.config(), ModelTask.SEQ_CLS)) {
            List<String> heads = loaded.headPlan().paths();
            assertThat(modules(outline, heads))
                    .isEqualTo(modules(loaded, heads))
                    .isNotEmpty();
        }
    }

    private static long pooler(LanguageModel model) {
        return model.modules().stream()
                .filter(module -> module.path().equals("pooler.dense"))
                .mapToLong(module -> module.weight().elements() + bias(module))
                .sum();
    }

    private static long bias(AdaptableModule module) {
        Tensor bias = module.bias();
        return bias == null ? 0 : bias.elements();
    }

    private static Map<String, String> modules(LanguageModel model, List<String> without) {
        Map<String, String> modules = new TreeMap<>();
        for (AdaptableModule module : model.modules()) {
            if (!without.contains(module.path())) {
                modules.put(
                        module.path(),
                        module.getClass().getSimpleName() + Arrays.toString(module.shape()) + " " + bias(module));
            }
        }
        return modules;
    }
}
