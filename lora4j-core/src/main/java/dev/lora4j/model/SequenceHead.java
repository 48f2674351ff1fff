package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.SelectRows;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;

/**
 * Pooler and classifier over a sequence's first token (transformers' {@code BertForSequenceClassification}).
 *
 * <pre>logits = classifier(tanh(pooler(hidden[first token])))</pre>
 *
 * @param pooler [hidden, hidden]
 * @param classifier [labels, hidden]; one label is a regression
 */
public record SequenceHead(Linear pooler, Linear classifier) {
    /**
     * Applies the head to some sequences of a batch.
     *
     * @param hidden [tokens, hidden]
     * @param firstTokens rows of the sequences' first tokens, int64 [sequences]
     * @param routing over the sequences' rows, in the order of {@code firstTokens}
     * @return logits [sequences, labels]
     */
    public Tensor logits(Tape tape, Tensor hidden, Tensor firstTokens, Routing routing) {
        Tensor first = SelectRows.apply(tape, hidden, firstTokens);
        Tensor pooled = Activation.TANH.apply(tape, pooler.apply(tape, first, routing));
        return classifier.apply(tape, pooled, routing);
    }
}
