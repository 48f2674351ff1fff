package dev.lora4j.lora;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the values of another method than LoRA into an adapter that has room for them. */
final class BaselineReader {
    private BaselineReader() {}

    static Adapter read(Path file, LanguageModel model, PeftConfig.Parsed parsed, List<String> labels) {
        parsed.requireTaskOf(model, file);
        Map<String, StoredTensor.Mapped> left =
                new LinkedHashMap<>(SafetensorsFile.open(file).tensors());
        Adapter adapter = new FreshAdapter(model, 0)
                .create(
                        parsed.baseline().orElseThrow(),
                        parsed.config(),
                        labels,
                        outputs(model, left),
                        BaselineParts.Begin.BLANK);
        try (Scope reading = Scope.open();
                MappedFile mapped = MappedFile.read(file)) {
            AdapterTensors tensors = new AdapterTensors(
                    file, left, mapped, reading, model.linears().get(0).matrix().device());
            Map<String, Tensor> values = new LinkedHashMap<>();
            ConvertedAdapter.tensors(adapter)
                    .forEach((name, tensor) -> values.put(name, tensors.take(name, tensor.shape())));
            tensors.requireNothingLeft();
            adapter.restore(values);
            return adapter;
        } catch (RuntimeException | Error e) {
            adapter.close();
            throw e;
        }
    }

    /** Of the head that the file has; 0 if it has none. */
    private static int outputs(LanguageModel model, Map<String, StoredTensor.Mapped> stored) {
        if (model.task() != ModelTask.SEQ_CLS) {
            return 0;
        }
        StoredTensor.Mapped head =
                stored.get(TensorNames.weight(model.headPlan().output()));
        return head == null || head.shape().isEmpty()
                ? 0
                : Math.toIntExact(head.shape().get(0));
    }
}
