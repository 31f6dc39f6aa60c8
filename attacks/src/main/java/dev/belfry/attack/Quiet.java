package dev.belfry.attack;

import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.strangers.Attack;
import java.io.IOException;

/** No attack: what the honest clients usually see. */
final class Quiet implements Attack {
    @Override
    public String name() {
        return "quiet";
    }

    @Override
    public String what() {
        return "no attack, to compare with";
    }

    @Override
    public void run(Stage stage) throws IOException {
        stage.hold();
    }
}
