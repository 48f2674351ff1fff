package dev.lora4j.model;

import dev.lora4j.tensor.DisentangledAttention;
import dev.lora4j.tensor.Sequences;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention of DeBERTa over content and relative positions (transformers' {@code DisentangledSelfAttention}).
 *
 * <p>The layers for positions are the layers for content where the configuration shares them; what an adapter puts
 * beside those then changes the positions too.
 *
 * @param positionKey from content to position, or null
 * @param positionQuery from position to content, or null
 */
record DisentangledSelfAttention(
        Content content,
        @Nullable Linear positionKey,
        @Nullable Linear positionQuery,
        RelativeTable table,
        int heads) implements EncoderAttention {

    /** The layers for what the tokens are. */
    record Content(Linear query, Linear key, Linear value, Linear output) {
        static Content load(DebertaConfig config, EncoderWeights weights, String path) {
            int hidden = config.bert().hidden();
            BertParts.Attention parts = BertParts.DEBERTA.attention();
            return new Content(
                    weights.linear(path + parts.query(), hidden, hidden),
                    weights.linear(path + parts.key(), hidden, hidden),
                    weights.linear(path + parts.value(), hidden, hidden),
                    weights.linear(path + parts.output(), hidden, hidden));
        }

        Content map(ModuleChange change) {
            return new Content(query.map(change), key.map(change), value.map(change), output.map(change));
        }
    }

    static DisentangledSelfAttention load(
            DebertaConfig config,
            RelativeTable table,
            DebertaConfig.Relative relative,
            EncoderWeights weights,
            String path) {
        int hidden = config.bert().hidden();
        Content content = Content.load(config, weights, path);
        Linear key = relative.shared() ? content.key() : null;
        Linear query = relative.shared() ? content.query() : null;
        if (!relative.shared() && relative.contentToPosition()) {
            key = weights.linear(path + "attention.self.pos_key_proj", hidden, hidden);
        }
        if (!relative.shared() && relative.positionToContent()) {
            query = weights.linear(path + "attention.self.pos_query_proj", hidden, hidden);
        }
        return new DisentangledSelfAttention(
                content,
                relative.contentToPosition() ? key : null,
                relative.positionToContent() ? query : null,
                table,
                config.bert().heads());
    }

    @Override
    public Tensor apply(Tape tape, Tensor x, Pass pass) {
        Tensor q = content.query().apply(tape, x, pass.routing());
        Tensor k = content.key().apply(tape, x, pass.routing());
        Tensor v = content.value().apply(tape, x, pass.routing());
        Tensor attended = SequenceGroups.apply(
                tape,
                List.of(q, k, v),
                pass,
                shared(),
                (rows, sequences, row) -> attend(tape, rows, sequences, row, pass.routing()));
        return content.output().apply(tape, attended, pass.routing());
    }

    private Tensor attend(Tape tape, List<Tensor> rows, Sequences sequences, long row, Routing routing) {
        Routing own = new SequenceGroups.RowRouting(
                routing, row, 2L * table.positions().span());
        Tensor positions = table.apply(tape, own);
        DisentangledAttention.Inputs inputs = new DisentangledAttention.Inputs(
                rows.get(0),
                rows.get(1),
                rows.get(2),
                positionKey == null ? null : positionKey.apply(tape, positions, own),
                positionQuery == null ? null : positionQuery.apply(tape, positions, own));
        return DisentangledAttention.apply(tape, inputs, sequences, table.positions(), heads);
    }

    /** Paths of what is applied to the table of positions. */
    private List<String> shared() {
        return Stream.of(positionKey, positionQuery, table.norm())
                .flatMap(Stream::ofNullable)
                .map(AdaptableModule::path)
                .toList();
    }

    @Override
    public Linear output() {
        return content.output();
    }

    @Override
    public List<Linear> modules() {
        List<Linear> modules =
                new ArrayList<>(List.of(content.query(), content.key(), content.value(), content.output()));
        Stream.of(positionKey, positionQuery)
                .flatMap(Stream::ofNullable)
                .filter(each -> !modules.contains(each))
                .forEach(modules::add);
        return modules;
    }

    @Override
    public DisentangledSelfAttention map(ModuleChange change) {
        Content changed = content.map(change);
        return new DisentangledSelfAttention(
                changed,
                Objects.equals(positionKey, content.key()) ? changed.key() : map(positionKey, change),
                Objects.equals(positionQuery, content.query()) ? changed.query() : map(positionQuery, change),
                table.map(change),
                heads);
    }

    private static @Nullable Linear map(@Nullable Linear linear, ModuleChange change) {
        return linear == null ? null : linear.map(change);
    }
}
