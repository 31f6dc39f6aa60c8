package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What a stranger, or a misfortune, does to a server for some seconds while honest clients are at work. */
public interface Attack {
    /** As it is called on the command line. */
    String name();

    /** One sentence for the reader of the table. */
    String what();

    /** How its server is started. One that is not the usual one is a server of the attack's own. */
    default Launch launch(Launch usual) {
        return usual;
    }

    /** What has to be there first. The honest clients have not begun yet. */
    default void prepare(Stage stage) throws IOException {}

    /** Attacks until the stage's time is over. The connections of the stage's crowd end afterwards. */
    void run(Stage stage) throws IOException;

    /** Rules of its own that were broken, each as a sentence. The attack is over, and the honest clients have ended. */
    default List<String> broken(Stage stage, HonestReport honest) throws IOException {
        return List.of();
    }

    /** Rules that do not hold for it, because it leaves the server no other way. */
    default Set<Rule> waived() {
        return Set.of();
    }
}
