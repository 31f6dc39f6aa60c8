package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;

/** More idle connections than the process may have descriptors. */
final class FewDescriptors implements Attack {
    private static final int DESCRIPTORS = 1024;
    private static final int CONNECTIONS = 1100;

    @Override
    public String name() {
        return "few-descriptors";
    }

    @Override
    public String what() {
        return CONNECTIONS + " idle connections to a process that may have " + DESCRIPTORS + " descriptors";
    }

    @Override
    public Launch launch(Launch usual) {
        return usual.behind("ulimit -n " + DESCRIPTORS);
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] poll = Requests.get("topic=nothing&after=now");
        stage.crowd().gather(CONNECTIONS / 2, stranger -> stranger.send(poll));
        stage.crowd().gather(CONNECTIONS / 2, stranger -> {
            // says nothing at all
        });
        stage.hold();
    }
}
