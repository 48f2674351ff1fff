package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModuleValues;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every weight of a model as modules trained whole, by the tensors that the model itself computes with.
 *
 * <p>A tape tells by the tensor whether a weight is trained. So a tied output layer needs no rule: it reads the tensor of
 * the embedding, both add to its one gradient, and it is stepped once.
 */
final class WholeModel {
    private WholeModel() {}

    /**
     * Takes the tensors over.
     *
     * @param modules the model's, with fresh heads in place of its own if there are to be any
     * @param owner keeps them too
     * @throws AdapterException if a weight of the model would be left as it is
     */
    static AdapterParts parts(LanguageModel model, Collection<AdaptableModule> modules, Scope owner) {
        requireAllTrainable(model);
        model.fingerprint(); // the model remembers what it was before its weights change
        AdapterParts parts = AdapterParts.empty();
        Set<Tensor> taken = tensors();
        for (AdaptableModule module : modules) {
            Tensor bias = module.bias();
            if (taken.add(module.weight())) {
                Tensor weight = owner.keep(module.weight());
                parts.saved().put(module.path(), new ModuleValues(weight, bias == null ? null : owner.keep(bias)));
                parts.note(module);
            }
        }
        return parts;
    }

    private static void requireAllTrainable(LanguageModel model) {
        if (model.weightFormat() != WeightFormat.F32) {
            throw new AdapterException(
                    model.name() + ": full fine-tuning changes the weights themselves, which are kept as "
                            + model.weightFormat() + "; load the model as f32, or train a low-rank adapter");
        }
        Set<Tensor> tensors = tensors();
        model.modules().stream()
                .filter(module -> !(module instanceof ExpertStack))
                .flatMap(module -> Stream.of(module.weight(), module.bias()))
                .filter(Objects::nonNull)
                .forEach(tensors::add);
        long trainable = tensors.stream().mapToLong(Tensor::elements).sum();
        if (trainable != model.parameters()) {
            throw new AdapterException(String.format(
                    Locale.ROOT,
                    "%s: of the %,d values of a %s model %,d can be trained whole; not the experts and routers of a mixture,"
                            + " nor tables of positions that are computed or relative. Train a low-rank adapter instead",
                    model.name(),
                    model.parameters(),
                    model.config().path("model_type").asText(),
                    trainable));
        }
    }

    private static Set<Tensor> tensors() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
