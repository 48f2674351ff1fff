package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The model types of encoders done here, and what transformers calls their parts. */
enum EncoderFamily {
    BERT("bert", "bert.", "Bert", "embeddings.", "encoder.", "pooler."),
    ROBERTA("roberta", "roberta.", "Roberta", "embeddings.", "encoder."),
    XLM_ROBERTA("xlm-roberta", "roberta.", "XLMRoberta", "embeddings.", "encoder."),
    CAMEMBERT("camembert", "roberta.", "Camembert", "embeddings.", "encoder."),
    DISTILBERT("distilbert", "distilbert.", "DistilBert", "embeddings.", "transformer."),
    DEBERTA_V2("deberta-v2", "deberta.", "DebertaV2", "embeddings.", "encoder.");

    private final String modelType;
    private final String prefix;
    private final String architecture;
    private final List<String> parts;

    EncoderFamily(String modelType, String prefix, String architecture, String... parts) {
        this.modelType = modelType;
        this.prefix = prefix;
        this.architecture = architecture;
        this.parts = List.of(parts);
    }

    static Optional<EncoderFamily> of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }

    /** Before the modules' names in a model with a head, such as {@code bert.}; a bare model has none. */
    String prefix() {
        return prefix;
    }

    Backbone load(ConfigReader config, EncoderWeights weights) {
        return switch (this) {
            case BERT -> Bert.load(BertConfig.bert(config), BertParts.BERT, weights);
            case ROBERTA, XLM_ROBERTA, CAMEMBERT -> Bert.load(BertConfig.roberta(config), BertParts.BERT, weights);
            case DEBERTA_V2 -> Deberta.load(DebertaConfig.of(config), weights);
            case DISTILBERT -> Bert.load(BertConfig.distilBert(config), BertParts.DISTILBERT, weights);
        };
    }

    /** What a model for a task calls a tensor of the files; empty where it has no place in such a model. */
    Optional<String> tensorName(String stored, ModelTask task, HeadPlan plan) {
        if (task != ModelTask.SEQ_CLS) {
            return Optional.of(stored.startsWith(prefix) ? stored.substring(prefix.length()) : stored);
        }
        boolean bare = parts.stream().anyMatch(stored::startsWith);
        String name = bare ? prefix + stored : stored;
        boolean known = name.startsWith(prefix) || plan.paths().stream().anyMatch(path -> name.startsWith(path + "."));
        return known ? Optional.of(name) : Optional.empty();
    }

    /** The head for sequences; the names are those of a model with a head. */
    HeadPlan head(ConfigReader config) {
        return switch (this) {
            case BERT -> head(new HeadPlan.Dense("bert.pooler.dense", "pooler", Activation.TANH), "classifier");
            case ROBERTA, XLM_ROBERTA, CAMEMBERT ->
                head(new HeadPlan.Dense("classifier.dense", "classifier", Activation.TANH), "classifier.out_proj");
            case DEBERTA_V2 -> {
                Activation activation = Activation.named(config.text("pooler_hidden_act", "gelu"));
                yield head(new HeadPlan.Dense("pooler.dense", "pooler", activation), "classifier");
            }
            case DISTILBERT ->
                head(new HeadPlan.Dense("pre_classifier", "pre_classifier", Activation.RELU), "classifier");
        };
    }

    private HeadPlan head(HeadPlan.Dense dense, String output) {
        return new HeadPlan(architecture + "ForSequenceClassification", HeadPlan.Position.FIRST, dense, output, true);
    }
}
