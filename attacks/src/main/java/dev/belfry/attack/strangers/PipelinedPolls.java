package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;

/** The same with many requests on each connection, sent before the first answer is read. */
final class PipelinedPolls implements Attack {
    private static final int CONNECTIONS = 50;
    private static final int POLLS_EACH = 100;

    @Override
    public String name() {
        return "polls-pipelined";
    }

    @Override
    public String what() {
        return CONNECTIONS + " connections with " + POLLS_EACH + " polls each, pipelined, for 4 MB each, unread";
    }

    @Override
    public void prepare(Stage stage) throws IOException {
        stage.publishLarge();
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] poll = Requests.get("topic=" + Stage.LARGE + "&after=earliest&limit=1");
        byte[][] polls = new byte[POLLS_EACH][];
        java.util.Arrays.fill(polls, poll);
        byte[] all = Requests.joined(polls);
        stage.crowd().gatherDeaf(CONNECTIONS, stranger -> stranger.send(all));
        stage.hold();
    }
}
