package dev.lora4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.RelativePositions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a DeBERTa encoder looks like (model type deberta-v2, which v3 has too).
 *
 * @param bert what it has in common with BERT
 * @param embedding width of the tables, brought to the hidden size by a projection where it differs
 * @param absolutePositions whether a table of absolute positions is added to the input
 * @param attentionScale of the scores
 * @param relative how positions enter attention, or null
 * @param convolution beside the first layer, or null
 */
public record DebertaConfig(
        BertConfig bert,
        int embedding,
        boolean absolutePositions,
        double attentionScale,
        @Nullable Relative relative,
        @Nullable Convolved convolution) {

    /**
     * How relative positions enter attention.
     *
     * @param contentToPosition whether queries of tokens meet keys of positions
     * @param positionToContent whether queries of positions meet keys of tokens
     * @param shared whether positions use the layers of the tokens
     * @param normed whether the table goes through a layer norm
     */
    public record Relative(
            RelativePositions positions,
            boolean contentToPosition,
            boolean positionToContent,
            boolean shared,
            boolean normed) {}

    /** Width in tokens, groups of channels and the function after the convolution. */
    public record Convolved(int width, int groups, Activation activation) {}

    /**
     * Reads a configuration.
     *
     * @throws UnsupportedModelException naming the key that cannot be done
     */
    static DebertaConfig of(ConfigReader config) {
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        if (hidden % heads != 0) {
            throw config.wrong("num_attention_heads", "a divisor of the hidden size " + hidden);
        }
        if (config.size("attention_head_size", hidden / heads) != hidden / heads) {
            throw config.wrong("attention_head_size", Integer.toString(hidden / heads));
        }
        if (config.size("pooler_hidden_size", hidden) != hidden) {
            throw config.wrong("pooler_hidden_size", "the hidden size " + hidden);
        }
        List<String> types = attentionTypes(config);
        int width = hidden / heads;
        return new DebertaConfig(
                bert(config, hidden, heads),
                config.size("embedding_size", hidden),
                config.flag("position_biased_input", true),
                1 / Math.sqrt((double) width * (1 + types.size())),
                config.flag("relative_attention", false) ? relative(config, types) : null,
                config.index("conv_kernel_size", 0) > 0 ? convolved(config) : null);
    }

    private static BertConfig bert(ConfigReader config, int hidden, int heads) {
        return new BertConfig(
                hidden,
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.index("type_vocab_size", 0),
                config.size("num_hidden_layers"),
                heads,
                new BertConfig.Positions(config.size("max_position_embeddings", 512), -1, false),
                Activation.named(config.text("hidden_act", "gelu")),
                config.positive("layer_norm_eps", 1e-7));
    }

    /** A list, or in older files a text such as {@code p2c|c2p}. */
    private static List<String> attentionTypes(ConfigReader config) {
        JsonNode types = config.json().path("pos_att_type");
        List<String> named = types.isTextual() ? split(types.textValue()) : config.texts("pos_att_type");
        return named.stream()
                .filter(type -> type.equals("c2p") || type.equals("p2c"))
                .distinct()
                .toList();
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\|", -1))
                .map(String::strip)
                .toList();
    }

    private static Relative relative(ConfigReader config, List<String> types) {
        int longest = config.positiveOr("max_relative_positions", config.size("max_position_embeddings", 512));
        int buckets = config.positiveOr("position_buckets", 0);
        return new Relative(
                new RelativePositions(buckets > 0 ? buckets : longest, buckets, longest),
                types.contains("c2p"),
                types.contains("p2c"),
                config.flag("share_att_key", false),
                split(config.text("norm_rel_ebd", "none")).contains("layer_norm"));
    }

    private static Convolved convolved(ConfigReader config) {
        int width = config.size("conv_kernel_size");
        if (width % 2 == 0) {
            throw config.wrong("conv_kernel_size", "an odd number, so that each token keeps its place");
        }
        return new Convolved(width, config.size("conv_groups", 1), Activation.named(config.text("conv_act", "tanh")));
    }
}
