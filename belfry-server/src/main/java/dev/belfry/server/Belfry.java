package dev.belfry.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of {@code belfry.jar}. Exit codes: 0 done, 1 the start or the key failed, 2 wrong usage. */
@Command(
        name = "belfry",
        description = "A notification server: publish over HTTP, receive over SSE and WebSocket, miss nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Belfry.Version.class,
        subcommands = {Serve.class, Token.class})
final class Belfry implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        // a server that has started is kept alive by its own threads
        if (code != 0) {
            System.exit(code);
        }
    }

    static CommandLine commandLine() {
        CommandLine belfry = new CommandLine(new Belfry());
        // what looks like a property of Spring goes on to Spring; Serve refuses the rest
        belfry.setUnmatchedOptionsArePositionalParams(true);
        belfry.setCaseInsensitiveEnumValuesAllowed(true);
        return belfry.setParameterExceptionHandler((e, arguments) -> {
            CommandLine command = e.getCommandLine();
            fail(command, e, "see " + command.getCommandSpec().qualifiedName() + " --help");
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
    }

    private static void fail(CommandLine command, ParameterException e, String hint) {
        String message = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        command.getErr().println("belfry: " + message + " (" + hint + ")");
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command: serve or token");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Belfry.class.getPackage().getImplementationVersion();
            return new String[] {"belfry " + (version == null ? "unknown" : version)};
        }
    }
}
