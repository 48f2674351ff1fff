package dev.lora4j.cli;

import dev.lora4j.formats.Lora4jException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code lora4j} command. */
@Command(
        name = "lora4j",
        description = "Fine-tune, merge, switch and serve LoRA adapters of language models.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        footer = "%nRun lora4j COMMAND --help for the options of a command.")
final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where a failure happened (the stack trace).")
    private boolean verbose;

    private Main(CommandSpec spec) {
        this.spec = spec;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(Console.system(), args));
    }

    /**
     * Runs a command.
     *
     * @return 0 only if all went well, 2 for a usage error, 1 otherwise
     */
    static int run(Console console, String... args) {
        Failures failures = new Failures(console);
        try {
            return commandLine(console, failures, args).execute(args);
        } catch (ParameterException e) {
            return failures.usage(e);
        } catch (Lora4jException | Error e) {
            return failures.report(e);
        }
    }

    private static CommandLine commandLine(Console console, Failures failures, String... args) {
        Main root = new Main(CommandSpec.create());
        CommandLine train = new CommandLine(new TrainCommand(console));
        CommandLine commands = new CommandLine(root)
                .addSubcommand(new AnalyzeCommand(console))
                .addSubcommand(new ChatCommand(console))
                .addSubcommand(new CombineCommand(console))
                .addSubcommand(new EvaluateCommand(console))
                .addSubcommand(new GenerateCommand(console))
                .addSubcommand(new InspectCommand(console))
                .addSubcommand(new MergeCommand(console))
                .addSubcommand(new PlanCommand(console))
                .addSubcommand(new PullCommand(console))
                .addSubcommand(new QuickstartCommand(console))
                .addSubcommand(new ServeCommand(console))
                .addSubcommand(train)
                .setOut(console.results())
                .setErr(console.messages())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        console.terminals().out() && console.terminals().colour()
                                ? CommandLine.Help.Ansi.ON
                                : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler((exception, unparsed) -> failures.usage(exception))
                .setExecutionExceptionHandler((exception, line, parsed) -> failures.report(exception));
        failures.showTraces(() -> root.verbose);
        CommandLine trial = new CommandLine(new TrainCommand(console)).setCaseInsensitiveEnumValuesAllowed(true);
        ConfigFile.named(args).ifPresent(path -> {
            ConfigFile file = ConfigFile.read(path);
            file.check(train, trial);
            train.setDefaultValueProvider(file);
        });
        SweepFile.named(args).ifPresent(path -> {
            SweepFile file = SweepFile.read(path);
            file.check(train, trial);
            train.setDefaultValueProvider(file.settings(file.names().get(0))); // call() parses again for each adapter
        });
        return commands;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "no command was given");
    }
}
