package dev.lora4j.plan;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.LanguageModel;
import java.util.Optional;

/**
 * What a fine-tuning run would take, by shapes alone.
 *
 * @param parameters of the base
 * @param values that the method trains
 * @param memory of training here
 * @param storage of many fine-tuned models
 */
public record TrainingPlan(
        PlanSettings settings, long parameters, TrainedValues values, MemoryPlan memory, Storage storage) {
    /**
     * Bytes of fine-tuned models on disk.
     *
     * @param checkpoint of one fine-tuned model: of an adapter, or all of a model trained whole
     * @param fullCopy of the whole model
     * @param together of all of them: the base once and a checkpoint each, or a full copy each
     * @param copies of as many full copies
     */
    public record Storage(long checkpoint, long fullCopy, long together, long copies) {
        static Storage of(PlanSettings settings, long parameters, long trained) {
            long full = Math.multiplyExact(parameters, (long) settings.valueBytes());
            long own = Math.multiplyExact(trained, (long) settings.valueBytes());
            long all = Math.multiplyExact(own, (long) settings.models());
            boolean whole = settings.method().full();
            return new Storage(own, full, whole ? all : full + all, Math.multiplyExact(full, (long) settings.models()));
        }
    }

    /**
     * Makes a plan.
     *
     * @param model an {@link LanguageModel#outline outline} is enough
     * @param files of the model, if there are any: what the format {@code stored} is told by
     * @throws dev.lora4j.lora.AdapterException if the targets or the method do not fit the model
     */
    public static TrainingPlan of(LanguageModel model, PlanSettings settings, Optional<ModelFiles> files) {
        ModelShape shape = ModelShape.of(model);
        TrainedValues values = TrainedValues.of(shape, settings);
        BaseBytes base = BaseBytes.of(shape, settings.weights(), files);
        return new TrainingPlan(
                settings,
                model.parameters(),
                values,
                MemoryPlan.of(shape, settings, values, base),
                Storage.of(settings, model.parameters(), values.trained()));
    }

    /** Trained values by those of the base. */
    public double share() {
        return (double) values.trained() / parameters;
    }

    /** The same on accelerators, where weights have 16 bits. */
    public HalfPrecision halfPrecision() {
        return HalfPrecision.of(parameters, values.trained());
    }
}
