package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.UnsupportedModelException;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base that computes in bytes has nearly the losses that transformers has in float32. */
@ExtendWith(ExactBytes.class)
class Int8ComputeTest {
    private static LanguageModel load(String name) {
        return LanguageModel.load(
                HuggingFaceFolder.open(Golden.folder(name)),
                ModelTask.CAUSAL_LM,
                Device.CPU,
                WeightFormat.INT8_PRODUCTS);
    }

    /** Random weights of 8 bits: a percent of the loss is more than rounding may cost, and less than a wrong layer does. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-tied", "qwen2", "gemma2", "gemma3", "gpt2"})
    void itsLossWithAnAdapterIsWithinAPercent(String name) throws IOException {
        Golden golden = Golden.of(name);
        try (LanguageModel exact = LanguageModel.load(HuggingFaceFolder.open(Golden.folder(name)));
                LanguageModel model = load(name);
                Adapter adapter = AdapterFolder.read(Golden.folder(name).resolve("adapter"), exact);
                Scope scope = Scope.open()) {
            AdapterRouting routing = AdapterRouting.of(adapter, golden.ids(0).length + golden.ids(1).length);
            assertThat(model.weightFormat()).isEqualTo(WeightFormat.INT8_PRODUCTS);
            double right = LossOf.labelled(golden, exact, routing, 0).mean();
            double found = LossOf.labelled(golden, model, routing, 0).mean();
            assertThat(found).isCloseTo(right, within(right / 100)).isNotEqualTo(right);
        }
    }

    @Test
    void expertsAreRefused() {
        assertThatThrownBy(() -> load("mixtral"))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("are not computed in int8; expected compute f32");
    }
}
