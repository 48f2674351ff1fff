package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.lora.VirtualTokens;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The methods that LoRA is compared with, against torch's autograd over transformers' models with hooks. */
class BaselineGoldenTest {
    private static final List<int[]> SEQUENCES = List.of(new int[] {5, 17, 3, 40, 9}, new int[] {21, 8, 33});

    @TempDir
    private Path folder;

    private static Path folder(String name) {
        return Golden.folder("baselines/" + name);
    }

    private static List<String> cases() {
        try (Stream<Path> folders = Files.list(Golden.folder("baselines"))) {
            return folders.map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LanguageModel base(String name) {
        Path base = Golden.folder(name.substring(0, name.indexOf('-')));
        return LanguageModel.load(HuggingFaceFolder.open(base));
    }

    private static TokenBatch batch(Adapter adapter) {
        return TokenBatch.of(
                SEQUENCES.stream().map(ids -> adapter.virtualTokens().into(ids)).toList());
    }

    /** The rows of real tokens of a sequence. */
    private static Tensor real(Tensor hidden, TokenBatch batch, int sequence, VirtualTokens virtual) {
        int start = batch.sequences().offset(sequence);
        int length = batch.sequences().length(sequence);
        List<Long> rows = new ArrayList<>();
        for (int t = 0; t < length; t++) {
            if (t < virtual.at() || t >= virtual.at() + virtual.count()) {
                rows.add((long) start + t);
            }
        }
        return hidden.selectRows(
                Tensor.of(rows.stream().mapToLong(Long::longValue).toArray()));
    }

    private static Tensor tensor(MappedFile mapped, Map<String, StoredTensor.Mapped> stored, String name) {
        StoredTensor.Mapped found = Objects.requireNonNull(stored.get(name), name);
        long[] shape = found.shape().stream().mapToLong(Long::longValue).toArray();
        return mapped.tensor(found.offset(), DType.F32, shape);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valuesAndGradientsAreTorchs(String name) {
        Path golden = folder(name).resolve("golden.safetensors");
        Map<String, StoredTensor.Mapped> stored = SafetensorsFile.open(golden).tensors();
        try (LanguageModel model = base(name);
                Adapter adapter = AdapterFolder.read(folder(name), model);
                MappedFile mapped = MappedFile.open(golden);
                Scope scope = Scope.open();
                Tape tape = Tape.recording(adapter.tensors().values())) {
            TokenBatch batch = batch(adapter);
            int rows = batch.sequences().tokens();
            Tensor hidden = model.hidden(batch, AdapterRouting.of(adapter, rows), tape);
            List<Tensor> seeds = new ArrayList<>();
            for (int i = 0; i < SEQUENCES.size(); i++) {
                Tensor found = real(hidden, batch, i, adapter.virtualTokens());
                assertClose(found, tensor(mapped, stored, "hidden." + i), 1e-5, name + " hidden " + i);
                seeds.add(seed(adapter.virtualTokens(), tensor(mapped, stored, "seed." + i)));
            }
            tape.seed(hidden, Tensor.concatenate(seeds.toArray(Tensor[]::new)));
            tape.backward();
            adapter.tensors().forEach((tensor, values) -> {
                if (!stored.containsKey("grad." + tensor)) {
                    assertThat(tape.gradient(values)).as(tensor).isEmpty();
                    return;
                }
                Tensor gradient = tape.gradient(values).orElseThrow();
                Tensor expected = tensor(mapped, stored, "grad." + tensor);
                assertClose(
                        isConv1d(name, tensor) ? gradient.transpose(0, 1) : gradient,
                        expected,
                        2e-5,
                        name + " " + tensor);
            });
        }
    }

    /** GPT-2's files have matrices as [in, out]. */
    private static boolean isConv1d(String name, String tensor) {
        return name.equals("gpt2-top-layers") && tensor.contains(".c_") && tensor.endsWith(".weight");
    }

    /** With zeros where virtual tokens are. */
    private static Tensor seed(VirtualTokens virtual, Tensor real) {
        if (virtual.count() == 0) {
            return real;
        }
        Tensor zeros = Tensor.zeros(DType.F32, virtual.count(), real.size(1));
        return virtual.at() == 0
                ? Tensor.concatenate(zeros, real)
                : Tensor.concatenate(real.rows(0, virtual.at()), zeros, real.rows(virtual.at(), real.size(0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsWrittenIsReadAgain(String name) {
        try (LanguageModel model = base(name);
                Adapter adapter = AdapterFolder.read(folder(name), model)) {
            AdapterFolder.write(adapter, "base", folder);
            try (Adapter again = AdapterFolder.read(folder, model);
                    Adapter copy = again.copy()) {
                assertThat(copy.digest()).isEqualTo(adapter.digest());
                assertThat(copy.baseline()).isEqualTo(adapter.baseline());
                assertThat(copy.baseline()).isPresent();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void besideOthersInOneBatchEachIsWhatItIsAlone(String name) {
        try (LanguageModel model = base(name);
                Adapter adapter = AdapterFolder.read(folder(name), model);
                Scope scope = Scope.open()) {
            int[] own = adapter.virtualTokens().into(SEQUENCES.get(0));
            int[] plain = SEQUENCES.get(1);
            Tensor alone =
                    model.hidden(TokenBatch.of(List.of(own)), AdapterRouting.of(adapter, own.length), Tape.inference());
            Tensor base = model.hidden(TokenBatch.of(List.of(plain)), Routing.NONE, Tape.inference());
            long start = plain.length;
            AdapterRouting middle = AdapterRouting.of(
                    List.of(new AdapterRouting.Run(start, start + own.length, adapter, OptionalLong.empty())));
            Tensor all = model.hidden(TokenBatch.of(List.of(plain, own, plain)), middle, Tape.inference());
            assertClose(all.rows(0, start), base, 1e-5, "the base before");
            assertClose(all.rows(start, start + own.length), alone, 1e-5, name);
            assertClose(all.rows(start + own.length, all.size(0)), base, 1e-5, "the base after");
        }
    }

    @Test
    void whatStandsBetweenTheModulesCannotBeMerged() {
        try (LanguageModel model = base("llama-adapter-h");
                Adapter adapter = AdapterFolder.read(folder("llama-adapter-h"), model)) {
            assertThatThrownBy(() -> MergedModel.of(model, adapter))
                    .isInstanceOf(AdapterException.class)
                    .hasMessage("adapter-h of 3 width puts values between the model's modules, which cannot be merged;"
                            + " use it beside the base");
        }
    }
}
