package dev.belfry.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A server that can be measured: how it is started, and how it is spoken to. */
enum Peer {
    /** The jar, every answer synced to disk. */
    BELFRY("Belfry"),
    /** The jar, left to the operating system when its log goes to disk. */
    BELFRY_OS("Belfry, no fsync"),
    /** nginx with the Nchan module, messages in memory only. */
    NCHAN("Nchan"),
    /** The tutorial's controller on the same Boot, nothing kept. */
    TUTORIAL("Tutorial"),
    /** A loop of send() in C, nothing kept. */
    FLOOR("Floor"),
    /** The same, with one fdatasync for each publish. */
    FLOOR_FSYNC("Floor, fsync each");

    static final String SERVER_CORE = "0";
    private static final String JVM_HEAP = "-Xmx1g";

    final String title;

    Peer(String title) {
        this.title = title;
    }

    ServerProcess start(String... options) throws IOException {
        Path work = Files.createTempDirectory("bench-");
        return ServerProcess.start(SERVER_CORE, port -> command(port, work, List.of(options)));
    }

    private List<String> command(int port, Path work, List<String> options) {
        return switch (this) {
            case BELFRY -> belfry(port, work, "fsync", options);
            case BELFRY_OS -> belfry(port, work, "os", options);
            case NCHAN -> nchan(port, work);
            case TUTORIAL ->
                List.of(
                        ServerProcess.java(),
                        JVM_HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.belfry.bench.tutorial.TutorialServer",
                        "--server.port=" + port,
                        "--server.address=127.0.0.1",
                        "--logging.level.root=warn");
            case FLOOR -> List.of(Tools.floor().toString(), Integer.toString(port));
            case FLOOR_FSYNC ->
                List.of(
                        Tools.floor().toString(),
                        Integer.toString(port),
                        work.resolve("log").toString());
        };
    }

    private static List<String> belfry(int port, Path work, String durability, List<String> options) {
        List<String> command = new java.util.ArrayList<>(List.of(ServerProcess.java(), JVM_HEAP));
        options.stream().filter(o -> o.startsWith("-D") || o.startsWith("-X")).forEach(command::add);
        command.addAll(List.of(
                "-jar",
                Tools.belfryJar().toString(),
                "serve",
                "--port",
                Integer.toString(port),
                "--data-dir",
                work.resolve("data").toString(),
                "--durability",
                durability));
        options.stream().filter(o -> o.startsWith("--")).forEach(command::add);
        return command;
    }

    private static List<String> nchan(int port, Path work) {
        try (InputStream template = Peer.class.getResourceAsStream("/nginx-nchan.conf")) {
            String conf = new String(java.util.Objects.requireNonNull(template).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("PORT", Integer.toString(port))
                    .replace("PREFIX", work.toString())
                    .replace("MODULES", Tools.NGINX_MODULES.toString());
            Path file = work.resolve("nginx.conf");
            Files.writeString(file, conf);
            return List.of(Tools.NGINX.toString(), "-c", file.toString(), "-p", work.toString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Its SSE endpoint, one topic for all. */
    Target sse(int port) {
        return switch (this) {
            case BELFRY, BELFRY_OS -> Target.belfry(title, port, Target.SSE);
            case NCHAN -> new Target(title, port, "/sub/all", Target.SSE, "/pub/all", "text/plain", "%s");
            case TUTORIAL ->
                new Target(
                        title,
                        port,
                        "/api/notifications",
                        Target.SSE,
                        "/api/notifications",
                        "application/json",
                        "{\"type\":\"INFO\",\"message\":\"%s\"}");
            case FLOOR, FLOOR_FSYNC -> new Target(title, port, "/", Target.SSE, "/", "text/plain", "%s");
        };
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
