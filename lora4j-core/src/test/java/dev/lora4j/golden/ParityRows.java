package dev.lora4j.golden;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.Initialization;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The Java half of {@code parity/make_parity_table.py}: what lora4j computes with PEFT's adapters, and its own folders.
 *
 * <p>Not a test: the script runs it and compares with PEFT.
 */
final class ParityRows {
    private final Path output;
    private final ObjectNode rows = JsonNodeFactory.instance.objectNode();

    private ParityRows(Path output) {
        this.output = output;
    }

    /** Writes rows.json, and an adapter folder per row, into the folder that the argument names. */
    public static void main(String... args) throws IOException {
        ParityRows parity = new ParityRows(Path.of(args[0]));
        Files.createDirectories(parity.output);
        for (String name : Golden.causalCases()) {
            parity.add(name, ModelTask.CAUSAL_LM);
        }
        for (String name : Golden.encoderCases()) {
            parity.add(name, ModelTask.FEATURE_EXTRACTION);
        }
        for (String name : Golden.sequenceCases()) {
            parity.add(name, ModelTask.SEQ_CLS);
        }
        parity.addFresh();
        AtomicFile.writeString(parity.output.resolve("rows.json"), parity.rows.toPrettyString() + "\n");
    }

    private void add(String name, ModelTask task) throws IOException {
        try (Golden golden = Golden.of(name);
                LanguageModel model = golden.model(task)) {
            for (Path folder : adapters(golden.folder)) {
                String row = golden.folder.relativize(folder).toString().replace("variants/", "");
                try (Adapter adapter = AdapterFolder.read(folder, model)) {
                    write(name + "/" + row, golden, model, adapter);
                }
            }
        }
    }

    private static List<Path> adapters(Path folder) throws IOException {
        List<Path> adapters = new ArrayList<>(List.of(folder.resolve("adapter")));
        Path variants = folder.resolve("variants");
        if (Files.isDirectory(variants)) {
            try (Stream<Path> found = Files.list(variants)) {
                adapters.addAll(found.sorted().toList());
            }
        }
        return adapters;
    }

    /** Adapters that begin here, one for each beginning. */
    private void addFresh() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model()) {
            for (Initialization kind : Initialization.values()) {
                LoraConfig config =
                        LoraConfig.rank(4).alpha(8).targets("q_proj", "v_proj").initialization(kind);
                addFresh(kind.name().toLowerCase(Locale.ROOT), golden, model, Adapter.create(model, config, 7));
            }
        }
        try (Golden golden = Golden.of("deberta-v2-convolution");
                LanguageModel model = golden.model(ModelTask.SEQ_CLS)) {
            LoraConfig config = LoraConfig.rank(4).targets("conv", "query_proj").dora(true);
            List<String> labels = List.of("red", "green", "blue");
            addFresh("convolution", golden, model, Adapter.createClassifier(model, config, labels, 7));
        }
    }

    private void addFresh(String row, Golden golden, LanguageModel model, Adapter adapter) {
        try (adapter;
                Scope scope = Scope.open()) {
            // moved away from the beginning, as by training
            adapter.tensors()
                    .values()
                    .forEach(tensor -> tensor.addInPlace(tensor, 0.5).addInPlace(0.01));
            adapter.refresh();
            write(golden.folder.getFileName() + "/begun " + row, golden, model, adapter);
        }
    }

    private void write(String row, Golden golden, LanguageModel model, Adapter adapter) {
        Path folder = output.resolve(row.replace(' ', '-'));
        AdapterFolder.write(adapter, golden.folder.getFileName().toString(), folder);
        ObjectNode json = rows.putObject(row);
        json.put("folder", output.relativize(folder).toString());
        try (Scope scope = Scope.open()) {
            for (float value : values(golden, model, adapter).toFloats()) {
                json.withArray("values").add(value);
            }
        }
    }

    /** Logits of the first sequence, hidden states or logits of all examples. */
    private static Tensor values(Golden golden, LanguageModel model, Adapter adapter) {
        TokenBatch batch =
                model.task() == ModelTask.CAUSAL_LM ? TokenBatch.of(List.of(golden.ids(0))) : golden.examples();
        AdapterRouting routing = AdapterRouting.of(adapter, batch.sequences().tokens());
        Tensor hidden = model.hidden(batch, routing, Tape.inference());
        return switch (model.task()) {
            case CAUSAL_LM -> model.logits(hidden, routing);
            case FEATURE_EXTRACTION -> hidden;
            case SEQ_CLS -> {
                SequenceHead head = model.sequenceHead(adapter::savedLinear);
                Tensor rows = Tensor.of(head.plan().rows(batch.sequences()));
                yield head.logits(
                        Tape.inference(),
                        hidden,
                        rows,
                        AdapterRouting.of(adapter, batch.sequences().count()));
            }
        };
    }
}
