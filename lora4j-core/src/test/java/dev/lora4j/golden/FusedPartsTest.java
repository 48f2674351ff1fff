package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.Initialization;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.plan.BuiltInShapes;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.training.Schedule;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 19: LoRA on q and v of a fused projection is separate q and v adapters; k's rows of ΔW stay exactly 0. */
class FusedPartsTest {
    private static final LoraConfig Q_AND_V = LoraConfig.rank(2).alpha(4).fusedParts("c_attn", "q", "v");

    @TempDir
    private Path folder;

    private Scope scope;
    private Golden golden;
    private LanguageModel model;

    @BeforeEach
    void open() {
        scope = Scope.open();
        golden = Golden.variants("gpt2");
        model = golden.model();
    }

    @AfterEach
    void close() {
        model.close();
        golden.close();
        scope.close();
    }

    private List<Example> rows() {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            JsonNode labels = golden.json.path("sequences").path(i).path("labels");
            BitSet trained = new BitSet();
            for (int t = 0; t < labels.size(); t++) {
                trained.set(t, labels.get(t).asInt() != -100);
            }
            rows.add(Example.causal(golden.ids(i), trained, new RowOrigin("gpt2", i + 1L)));
        }
        return rows;
    }

    private TrainingReport train(Adapter adapter) {
        TrainingConfig config = TrainingConfig.builder()
                .maxSteps(3)
                .batchSize(2)
                .learningRate(1e-2)
                .schedule(Schedule.CONSTANT)
                .warmupRatio(0)
                .weightDecay(0.01)
                .maxGradientNorm(0)
                .build();
        return Trainer.of(model, TrainingTask.of("fused", adapter, Dataset.of(rows()), config))
                .train()
                .get(0);
    }

    /** The expected values are torch's, of a model with two separate pairs beside thirds of the outputs. */
    @Test
    void threeStepsAreThoseOfSeparateAdaptersForQAndV() {
        try (Adapter adapter = AdapterFolder.read(golden.folder.resolve("variants/fused-qv"), model)) {
            TrainingReport report = train(adapter);
            JsonNode losses = golden.json.path("variants").path("fused-qv").path("losses");
            for (int i = 0; i < 3; i++) {
                assertThat(report.steps().get(i).loss())
                        .isCloseTo(
                                losses.get(i).asDouble(),
                                within(1e-5 * losses.get(i).asDouble()));
            }
            // Adam's first steps magnify what float32 loses in tiny gradients (TrainingGoldenTest)
            adapter.tensors()
                    .forEach((name, tensor) ->
                            assertClose(tensor, golden.tensor("fused-qv.after3." + name), 5e-5, name));
            requireBlocks(adapter);
        }
    }

    /** Rows of q only in the first two columns, rows of v only in the last two, none for k. */
    private static void requireBlocks(Adapter adapter) {
        adapter.lowRanks().values().forEach(pair -> {
            float[] b = pair.b().toFloats();
            for (int row = 0; row < 96; row++) {
                for (int column = 0; column < 4; column++) {
                    boolean block = (row < 32 && column < 2) || (row >= 64 && column >= 2);
                    if (block) {
                        assertThat(b[row * 4 + column]).as("row %d", row).isNotZero();
                    } else {
                        assertThat(b[row * 4 + column]).as("row %d", row).isZero();
                    }
                }
            }
            float[] delta = pair.delta().toFloats();
            for (int i = 32 * 32; i < 64 * 32; i++) {
                assertThat(delta[i]).isZero();
            }
        });
    }

    @Test
    void aFreshOneLearnsItsPartsAloneAndIsReadAgainAsSuch() {
        try (Adapter adapter = Adapter.create(model, Q_AND_V, 3)) {
            // per layer and part: A [2, 32] and B [32, 2]
            assertThat(adapter.parameters()).isEqualTo(2 * 2 * (2 * 32 + 32 * 2));
            train(adapter);
            requireBlocks(adapter);
            AdapterFolder.write(adapter, "gpt2", folder.resolve("a"));
            try (Adapter again = AdapterFolder.read(folder.resolve("a"), model);
                    Adapter copy = again.copy()) {
                assertThat(again.digest()).isEqualTo(adapter.digest());
                assertThat(again.config().fusedParts()).isEqualTo(Q_AND_V.fusedParts());
                train(copy);
                requireBlocks(copy);
                LowRank pair = Objects.requireNonNull(again.lowRanks().get("transformer.h.1.attn.c_attn"));
                assertThat(pair.rank()).isEqualTo(4);
                assertThat(pair.scaling()).isEqualTo(2);
            }
        }
    }

    @Test
    void rankStabilizedPartsKeepTheirOwnRanksScaling() {
        try (Adapter adapter = Adapter.create(model, Q_AND_V.rankStabilized(true), 3)) {
            AdapterFolder.write(adapter, "gpt2", folder.resolve("a"));
            try (Adapter again = AdapterFolder.read(folder.resolve("a"), model)) {
                again.lowRanks()
                        .values()
                        .forEach(pair -> assertThat(pair.scaling()).isCloseTo(4 / Math.sqrt(2), within(1e-12)));
            }
        }
    }

    /** The paper's GPT-2 medium: rank 4 on q and v of 24 layers of width 1,024 are 393,216 values. */
    @Test
    void thePapersGpt2MediumHasItsNumberOfParameters() {
        ObjectNode config = BuiltInShapes.config("gpt2-medium").orElseThrow();
        try (LanguageModel medium = LanguageModel.outline("gpt2-medium", config, model.task());
                Adapter adapter = Adapter.create(medium, LoraConfig.rank(4).fusedParts("c_attn", "q", "v"), 1)) {
            assertThat(adapter.parameters()).isEqualTo(393_216);
            assertThat(medium.parameters()).isEqualTo(354_823_168);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        refuse(LoraConfig.rank(2).fusedParts("c_attn", "q", "w"), "has [q, k, v]");
        refuse(LoraConfig.rank(2).targets("c_attn", "c_fc").fusedParts("c_fc", "q"), "is not fused from parts");
        refuse(LoraConfig.rank(2).fusedParts("qkv", "q"), "no target is called that; did you mean c_attn?");
        assertThatThrownBy(() -> Q_AND_V.dora(true)).hasMessageContaining("use_dora");
        assertThatThrownBy(() -> Q_AND_V.loraBias(true)).hasMessageContaining("lora_bias");
        assertThatThrownBy(() -> Q_AND_V.initialization(Initialization.PISSA)).hasMessageContaining("pissa");
        assertThatThrownBy(() -> Q_AND_V.fusedParts("c_attn", "q", "q")).hasMessageContaining("each once");
    }

    private void refuse(LoraConfig config, String reason) {
        assertThatThrownBy(() -> Adapter.create(model, config, 1))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void valuesOutsideThePartsAreRefused() throws IOException {
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Path original = golden.folder.resolve("variants/fused-qv");
        Files.copy(original.resolve("adapter_model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        ObjectNode config = JsonFile.read(original.resolve("adapter_config.json"));
        config.putObject("fused_parts").putArray("c_attn").add("q").add("k");
        Files.writeString(adapter.resolve("adapter_config.json"), config.toString());
        assertThatThrownBy(() -> AdapterFolder.read(adapter, model))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("is not zero outside the parts [q, k]");
    }
}
