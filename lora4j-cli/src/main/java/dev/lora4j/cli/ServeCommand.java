package dev.lora4j.cli;

import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.server.ApiKeys;
import dev.lora4j.server.LoraServer;
import dev.lora4j.server.ServerOptions;
import dev.lora4j.tensor.BriefThread;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lora4j serve}: one base and many adapters behind OpenAI's API, until it is told to stop. */
@Command(
        name = "serve",
        description = "Serve a model and adapters over it by OpenAI's API, until Ctrl-C or SIGTERM.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightsOption weights = new WeightsOption();

    @Mixin
    private final ServeLimits limits = new ServeLimits();

    @Mixin
    private final ServeTraining training = new ServeTraining();

    @Option(
            names = {"-a", "--adapter"},
            paramLabel = "NAME=DIR",
            description = "An adapter's folder and what clients call it; may be repeated.")
    private Map<String, Path> adapters = new LinkedHashMap<>();

    @Option(
            names = "--adapters",
            paramLabel = "DIR",
            description = "A folder of adapters' folders: each is served under its folder's name, as they come and go.")
    private @Nullable Path adapterRoot;

    @Option(
            names = "--allow-adapter-loading",
            description = "Requests may load, replace and unload adapters of the --adapters folder.")
    private boolean adapterLoading;

    @Option(
            names = "--served-name",
            paramLabel = "NAME",
            description = "What clients call the base (default: the last part of --model, or its name on the hub).")
    private @Nullable String servedName;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "Where to listen; anything but this machine needs --api-key-file (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Where to listen; 0 for any free port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "Keys by their SHA-256, with scopes and models (docs/serving.md).")
    private @Nullable Path keyFile;

    @Option(
            names = "--merge-hot",
            description = "Merge an adapter while it has all the work: faster, for the memory of the matrices that it"
                    + " changes. With --weights f32 only.")
    private boolean mergeHot;

    @Option(names = "--no-page", description = "Serve no web page at /, the API alone.")
    private boolean noPage;

    @Spec
    private @Nullable CommandSpec command;

    private final Console console;

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        WeightFormat format = weights.forStreams(model.device());
        if (mergeHot && !format.isFloat32()) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(),
                    "merge-hot merges in float32, which is slower than weights " + format + "; leave out one of them");
        }
        ApiKeys keys = keyFile == null ? ApiKeys.none() : ApiKeys.read(keyFile);
        ServerOptions options = new ServerOptions(
                servedName == null ? model.servedName() : servedName,
                host,
                port,
                limits.limits(),
                keys,
                Optional.ofNullable(adapterRoot),
                adapterLoading,
                training.options(),
                !noPage,
                mergeHot); // refuses what is no good before the model is loaded
        try (Telemetry telemetry = Telemetry.of(System.getenv());
                LoadedModel loaded = BriefThread.call(() ->
                        LoadedModel.load(model, format, LanguageModel::usualTask, List.of()))) { // the engine computes
            serve(loaded, options, telemetry.openTelemetry());
        }
        return 0;
    }

    private void serve(LoadedModel loaded, ServerOptions options, OpenTelemetry telemetry) throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        try (StopSignal signal = StopSignal.install(stop::countDown);
                LoraServer server = LoraServer.of(loaded.model(), loaded.tokenizer(), options, telemetry)) {
            adapters.forEach(server::publish);
            if (adapterRoot != null) {
                server.watch(adapterRoot);
            }
            server.start();
            console.line("serving " + options.base() + " at http://" + options.host() + ":" + server.port() + "/v1");
            if (options.page()) {
                console.message("web page at http://" + options.host() + ":" + server.port() + "/");
            }
            stop.await();
            console.message(
                    "stopping: what runs has " + options.limits().drain().toSeconds() + " s to finish");
            if (!server.drain()) {
                console.message("some requests had not finished");
            }
        }
    }
}
