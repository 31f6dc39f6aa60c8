package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;

/** The answers wait in the server: a gigabyte in all, if it keeps them whole. */
final class UnreadPolls implements Attack {
    private static final int POLLS = 250;

    @Override
    public String name() {
        return "polls-unread";
    }

    @Override
    public String what() {
        return POLLS + " polls with answers of 4 MB that nobody reads";
    }

    @Override
    public void prepare(Stage stage) throws IOException {
        stage.publishLarge();
    }

    @Override
    public void run(Stage stage) throws IOException {
        byte[] poll = Requests.get("topic=" + Stage.LARGE + "&after=earliest&limit=1");
        stage.crowd().gatherDeaf(POLLS, stranger -> stranger.send(poll));
        stage.hold();
    }
}
