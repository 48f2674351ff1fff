package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.MeanPooling;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BERT against transformers, its adapters against PEFT; text pairs and unequal lengths packed in one batch. */
class BertGoldenTest {
    private static final double TOLERANCE = 1e-5;

    private static TokenBatch batch(Golden golden) {
        List<int[]> ids = new ArrayList<>();
        List<int[]> types = new ArrayList<>();
        for (JsonNode example : golden.json.path("examples")) {
            ids.add(Golden.integers(example.path("input_ids")));
            types.add(Golden.integers(example.path("token_type_ids")));
        }
        return TokenBatch.of(ids, types);
    }

    @Test
    void hiddenStatesAndMeanEmbeddings() {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("bert");
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                LanguageModel merged = MergedModel.of(model, adapter)) {
            TokenBatch batch = batch(golden);
            check(golden, batch, model, Routing.NONE, "");
            check(
                    golden,
                    batch,
                    model,
                    AdapterRouting.of(adapter, batch.sequences().tokens()),
                    "adapter.");
            check(golden, batch, merged, Routing.NONE, "merged.");
        }
    }

    private static void check(Golden golden, TokenBatch batch, LanguageModel model, Routing routing, String prefix) {
        Tensor hidden = model.hidden(batch, routing, Tape.inference());
        Tensor means = MeanPooling.apply(Tape.inference(), hidden, batch.sequences());
        Tensor unit = means.dividedBy(means.norm(-1));
        for (int i = 0; i < batch.sequences().count(); i++) {
            int start = batch.sequences().offset(i);
            int end = start + batch.sequences().length(i);
            assertClose(
                    hidden.rows(start, end),
                    squeezed(golden, prefix + "hidden." + i),
                    TOLERANCE,
                    prefix + "hidden " + i);
            assertClose(
                    unit.rows(i, i + 1).view(-1),
                    golden.tensor(prefix + "mean_embedding." + i).view(-1),
                    TOLERANCE,
                    "mean");
        }
    }

    private static Tensor squeezed(Golden golden, String name) {
        Tensor tensor = golden.tensor(name);
        return tensor.view(-1, tensor.size(-1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-classify", "bert-regress"})
    void logitsOfClassifiers(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                LanguageModel merged = MergedModel.of(model, adapter)) {
            TokenBatch batch = batch(golden);
            Linear pooler = model.pooler().orElseThrow();
            SequenceHead base = new SequenceHead(pooler, model.classifier().orElseThrow());
            SequenceHead own = new SequenceHead(
                    pooler, adapter.savedLinear("classifier").orElseThrow());
            SequenceHead mergedHead =
                    new SequenceHead(pooler, merged.classifier().orElseThrow());
            AdapterRouting routing =
                    AdapterRouting.of(adapter, batch.sequences().tokens());
            assertClose(logits(model, base, batch, Routing.NONE), golden.tensor("logits"), TOLERANCE, "base");
            assertClose(logits(model, own, batch, routing), golden.tensor("adapter.logits"), TOLERANCE, "adapter");
            assertClose(
                    logits(merged, mergedHead, batch, Routing.NONE),
                    golden.tensor("merged.logits"),
                    TOLERANCE,
                    "merged");
        }
    }

    private static Tensor logits(LanguageModel model, SequenceHead head, TokenBatch batch, Routing routing) {
        Tensor hidden = model.hidden(batch, routing, Tape.inference());
        Tensor first = Tensor.of(batch.sequences().firstTokens());
        return head.logits(Tape.inference(), hidden, first, Routing.NONE);
    }
}
