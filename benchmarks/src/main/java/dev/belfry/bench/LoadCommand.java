package dev.belfry.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * One run against a server that is there already. Arguments are {@code name=value}: {@code mode} (closed, rate, idle),
 * {@code port}, {@code subscribers}, {@code publishers}, {@code rate} (events a second), {@code seconds}, {@code warmup}
 * (seconds), {@code bytes} of payload, {@code transport} (sse, ndjson, websocket, http2).
 */
final class LoadCommand {
    private final Map<String, String> arguments = new HashMap<>();

    private LoadCommand(String... args) {
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            arguments.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
    }

    public static void main(String... args) throws IOException {
        new LoadCommand(args).run();
    }

    private void run() throws IOException {
        int publishers = number("publishers", 1);
        Target target = Target.belfry("belfry", number("port", 8080), headers());
        try (Load load = new Load(target, number("bytes", 64))) {
            load.subscribe(number("subscribers", 1000), publishers);
            if (mode().equals("idle")) {
                System.out.println("open " + load.open());
                load.pump(seconds("seconds", 60));
                return;
            }
            load.addPublishers(publishers);
            Duration warmUp = seconds("warmup", 5);
            Duration measured = seconds("seconds", 10);
            System.out.println(
                    mode().equals("rate")
                            ? load.openLoop(warmUp, measured, number("rate", 60))
                            : load.closedLoop(warmUp, measured));
        }
    }

    private String mode() {
        return arguments.getOrDefault("mode", "closed");
    }

    private String headers() {
        return switch (arguments.getOrDefault("transport", "sse")) {
            case "ndjson" -> Target.NDJSON;
            case "websocket" -> Target.WEBSOCKET;
            case "http2" -> Target.HTTP2;
            default -> Target.SSE;
        };
    }

    private int number(String name, int otherwise) {
        return Integer.parseInt(arguments.getOrDefault(name, Integer.toString(otherwise)));
    }

    private Duration seconds(String name, int otherwise) {
        return Duration.ofSeconds(number(name, otherwise));
    }
}
