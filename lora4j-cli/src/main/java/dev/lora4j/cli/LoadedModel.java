package dev.lora4j.cli;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A model in memory with its tokenizer and the adapters that a command was given; closes them all. */
final class LoadedModel implements AutoCloseable {
    private final ModelFiles files;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Map<String, Adapter> adapters = new LinkedHashMap<>();

    private LoadedModel(ModelFiles files, LanguageModel model, Tokenizer tokenizer) {
        this.files = files;
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /** Loads a model for a task, and adapters for it. */
    static LoadedModel load(ModelOption option, WeightFormat format, ModelTask task, List<Path> adapterFolders) {
        return load(option, format, files -> task, adapterFolders);
    }

    /** Loads a model for a task that its files decide, and adapters for it. */
    static LoadedModel load(
            ModelOption option, WeightFormat format, Function<ModelFiles, ModelTask> task, List<Path> adapterFolders) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            ModelFiles files = option.open();
            opened.add(files);
            Tokenizer tokenizer = Tokenizer.of(files);
            opened.add(tokenizer);
            LanguageModel model = LanguageModel.load(files, task.apply(files), option.device(), format);
            opened.add(model);
            LoadedModel loaded = new LoadedModel(files, model, tokenizer);
            for (Path folder : adapterFolders) {
                loaded.adapters.put(folder.toString(), AdapterFolder.read(folder, model));
            }
            return loaded;
        } catch (RuntimeException e) {
            for (AutoCloseable each : opened) {
                closeQuietly(each, e);
            }
            throw e;
        }
    }

    private static void closeQuietly(AutoCloseable resource, RuntimeException failure) {
        try {
            resource.close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    LanguageModel model() {
        return model;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The adapters by what the user called them, in that order. */
    Map<String, Adapter> adapters() {
        return adapters;
    }

    @Override
    public void close() {
        adapters.values().forEach(Adapter::close);
        model.close();
        tokenizer.close();
        files.close();
    }
}
