package dev.belfry.server;

import dev.belfry.boot.BelfryProperties.Log.Durability;
import dev.belfry.security.KeyFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts the server. Every option stands for a property; what an option leaves out, application.properties has. */
@Command(
        name = "serve",
        description = "Starts the server and says on which address it is ready.",
        mixinStandardHelpOptions = true,
        versionProvider = Belfry.Version.class)
final class Serve implements Callable<Integer> {
    private static final Pattern PROPERTY = Pattern.compile("--[a-z][\\w-]*(\\.[\\w\\[\\]-]+)+=.*", Pattern.DOTALL);

    private static final String EVENT_LOOPS = "reactor.netty.ioWorkerCount";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where it listens; 0 picks a free port. Default: 8080.")
    private @Nullable Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description =
                    "The address it is bound to. Anything but a loopback address needs --key-file or --open. Default: 127.0.0.1.")
    private @Nullable String host;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where events are kept. Default: ./belfry-data.")
    private @Nullable String dataDir;

    @Option(
            names = "--durability",
            paramLabel = "fsync|os",
            description = "What an answered publication outlives: a power failure (fsync) or the process (os)."
                    + " Default: fsync.")
    private @Nullable Durability durability;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "Who publishes and reads needs a token that is signed by a secret in this file; belfry token makes them."
                            + " A file with a random secret is made when there is none.")
    private @Nullable Path keyFile;

    @Option(names = "--open", arity = "0", description = "Anybody who reaches the server may publish and read.")
    private boolean open;

    @Parameters(
            arity = "0..*",
            paramLabel = "--NAME=VALUE",
            description = "Any property of Belfry or Spring Boot, such as --belfry.log.retention.age=1d.")
    private List<String> properties = List.of();

    /**
     * Reactor Netty would take four event loops at least, for those who block them. Nobody does here, and more loops than
     * processors only hand each event over more often.
     */
    private static void sizeEventLoops() {
        if (System.getProperty(EVENT_LOOPS) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(EVENT_LOOPS, Integer.toString(processors));
        }
    }

    @Override
    public Integer call() {
        String[] arguments = arguments();
        if (!makeKeyFile()) {
            return 1;
        }
        sizeEventLoops();
        try {
            System.out.println(
                    "Belfry is ready: " + ServerAddress.of(SpringApplication.run(ServerApplication.class, arguments)));
            return 0;
        } catch (RuntimeException e) {
            System.err.println("belfry: " + StartFailure.describe(e));
            // the logging system is there by now, or it is what failed
            Logger logger = LoggerFactory.getLogger(Serve.class);
            logger.debug("the start failed", e);
            return 1;
        }
    }

    /** Before there is a logging system. */
    private boolean makeKeyFile() {
        try {
            if (keyFile != null && KeyFile.createIfAbsent(keyFile)) {
                System.err.println("belfry: made " + keyFile + " with a random secret");
            }
            return true;
        } catch (IllegalArgumentException e) {
            System.err.println("belfry: " + e.getMessage());
            return false;
        }
    }

    private String[] arguments() {
        if (open && keyFile != null) {
            throw wrongUsage("--open lets everybody in, and --key-file only those with a token; take one of both");
        }
        if (port != null && (port < 0 || port > 0xFFFF)) {
            throw wrongUsage("Invalid value for option '--port': " + port + " is no port");
        }
        List<String> arguments = new ArrayList<>();
        add(arguments, "server.port", port);
        add(arguments, "server.address", host);
        add(arguments, "belfry.log.directory", dataDir);
        add(arguments, "belfry.log.durability", durability);
        add(arguments, "belfry.security.key-file", keyFile);
        add(arguments, "belfry.security.open", open ? true : null);
        for (String property : properties) {
            if (!PROPERTY.matcher(property).matches()) {
                throw wrongUsage((property.startsWith("-") ? "Unknown option: " : "Unmatched argument: ") + property);
            }
            arguments.add(property);
        }
        return arguments.toArray(String[]::new);
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void add(List<String> arguments, String property, @Nullable Object value) {
        if (value != null) {
            arguments.add("--" + property + "=" + value);
        }
    }
}
