package dev.lora4j.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.CrossEntropy;
import dev.lora4j.tensor.SelectRows;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.tensor.VocabularyLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The token-weighted mean loss of a golden case's two sequences in one packed batch. */
record LossOf(double mean) {
    static LossOf labelled(Golden golden, LanguageModel model, Routing routing, double smoothing) {
        return on(Tape.inference(), golden, model, routing, smoothing);
    }

    static LossOf on(Tape tape, Golden golden, LanguageModel model, Routing routing, double smoothing) {
        List<Long> rows = new ArrayList<>();
        List<Long> labels = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < 2; i++) {
            JsonNode each = golden.json.path("sequences").path(i).path("labels");
            for (int t = 1; t < each.size(); t++) {
                if (each.get(t).asInt() != -100) {
                    rows.add(offset + t - 1);
                    labels.add(each.get(t).asLong());
                }
            }
            offset += each.size();
        }
        float[] weights = new float[rows.size()];
        Arrays.fill(weights, 1f / weights.length);
        Tensor hidden = model.hidden(TokenBatch.of(List.of(golden.ids(0), golden.ids(1))), routing, tape);
        Tensor chosen = SelectRows.apply(tape, hidden, indices(rows));
        Tensor losses = VocabularyLoss.apply(
                tape,
                chosen,
                new VocabularyLoss.Head(model.outputLayer().matrix(), List.of(), model.logitSoftcap()),
                new CrossEntropy.Targets(indices(labels), Tensor.of(weights, weights.length), smoothing));
        return new LossOf(Arrays.stream(losses.toDoubles()).average().orElseThrow());
    }

    private static Tensor indices(List<Long> values) {
        return Tensor.of(values.stream().mapToLong(Long::longValue).toArray());
    }
}
