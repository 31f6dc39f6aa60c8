package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a page of a stranger can make a browser on the same machine send. Each must be refused, on both ports. */
final class ForeignHosts implements Attack {
    private static final List<String> HEADS = List.of(
            "Host: evil.example",
            "Host: evil.com/.localhost",
            "Host: 127.999.999.999",
            "Host: localhost.",
            "Host: localhost\r\nHost: evil.example",
            "Host: localhost\r\nOrigin: http://evil.example",
            "Host: localhost\r\nOrigin: null",
            "Host: localhost\r\nOrigin: http://user@localhost",
            "Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://evil.example");

    private final Set<String> answered = new TreeSet<>();

    @Override
    public String name() {
        return "foreign-hosts";
    }

    @Override
    public String what() {
        return "Host and Origin of other pages, on the endpoint and on the management port";
    }

    @Override
    public void run(Stage stage) throws IOException {
        answered.clear();
        stage.every(Duration.ofMillis(500), () -> {
            for (String head : HEADS) {
                ask(stage.server().port(), "/api/notifications", head);
                ask(stage.server().managementPort(), "/actuator/health", head);
            }
        });
    }

    private void ask(int port, String path, String head) throws IOException {
        int status = Stage.status(port, Requests.bytes("GET " + path + " HTTP/1.1\r\n" + head + "\r\n\r\n"));
        if (status / 100 != 4) {
            answered.add(path + " with " + head.replace("\r\n", ", ") + " is answered with " + status);
        }
    }

    @Override
    public List<String> broken(Stage stage, HonestReport honest) {
        return List.copyOf(answered);
    }
}
