package dev.lora4j.cli;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;

/** What rows teach a model, as users name it. */
enum DataTask {
    /** To write on, answer or converse. */
    CAUSAL(ModelTask.CAUSAL_LM),
    /** To tell the class of a text. */
    CLASSIFICATION(ModelTask.SEQ_CLS),
    /** To tell a number about a text. */
    REGRESSION(ModelTask.SEQ_CLS);

    private final ModelTask modelTask;

    DataTask(ModelTask modelTask) {
        this.modelTask = modelTask;
    }

    ModelTask modelTask() {
        return modelTask;
    }

    /** What a model's family is usually taught. */
    static DataTask usual(ModelFiles files) {
        return LanguageModel.usualTask(files) == ModelTask.CAUSAL_LM ? CAUSAL : CLASSIFICATION;
    }
}
