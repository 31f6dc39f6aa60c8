package dev.belfry.attack.stage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a server is started.
 *
 * @param jar belfry.jar
 * @param core the processor that it is pinned to; empty for any
 * @param shell what a shell does first, such as {@code ulimit -n 1024}; empty for nothing
 * @param properties of Belfry or Spring Boot, as options
 */
public record Launch(Path jar, String core, String shell, List<String> properties) {
    /**
     * The heap is all there from the beginning, so that whatever the process takes from then on is outside of it. The collector is the
     * one that a JVM takes by itself on one processor.
     */
    private static final List<String> JVM = List.of("-Xmx256m", "-Xms256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

    public Launch {
        properties = List.copyOf(properties);
    }

    public Launch(Path jar, String core) {
        this(jar, core, "", List.of());
    }

    /** With more properties. */
    public Launch with(List<String> more) {
        List<String> all = new ArrayList<>(properties);
        all.addAll(more);
        return new Launch(jar, core, shell, all);
    }

    /** On any processor. */
    public Launch anywhere() {
        return new Launch(jar, "", shell, properties);
    }

    /** Behind a shell's command. */
    public Launch behind(String command) {
        return new Launch(jar, core, command, properties);
    }

    List<String> command(int port, int managementPort, Path dataDirectory) {
        List<String> command = new ArrayList<>();
        if (!shell.isEmpty()) {
            command.addAll(List.of("sh", "-c", shell + "; exec \"$0\" \"$@\""));
        }
        if (!core.isEmpty()) {
            command.addAll(List.of("taskset", "-c", core));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-jar", jar.toString(), "serve", "--port", Integer.toString(port)));
        command.addAll(List.of("--data-dir", dataDirectory.toString()));
        command.add("--management.server.port=" + managementPort);
        command.addAll(properties);
        return command;
    }
}
