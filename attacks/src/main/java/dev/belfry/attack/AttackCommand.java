package dev.belfry.attack;

import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.strangers.Attack;
import dev.belfry.attack.strangers.Attacks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** {@code ./attack}: the exit code is 0 when all attacks are held, 1 when one is not, 2 when the arguments are wrong. */
final class AttackCommand {
    private static final String USAGE =
            "usage: ./attack [--server belfry.jar] [--seconds N | --minutes N] [--list] [name ...]";

    private final List<Attack> attacks = new ArrayList<>();
    private final Table table = new Table(System.out);
    private Path jar = Path.of(System.getProperty("belfry.jar", "belfry-server/target/belfry.jar"));
    private Duration each = Duration.ofSeconds(10);
    private Duration soak = Duration.ZERO;
    private boolean lists;

    private AttackCommand() {}

    public static void main(String... arguments) throws IOException {
        AttackCommand command = new AttackCommand();
        try {
            command.parse(new ArrayDeque<>(List.of(arguments)));
        } catch (IllegalArgumentException e) {
            System.err.println("attack: " + e.getMessage() + "; see --list\n" + USAGE);
            System.exit(2);
        }
        System.exit(command.run() ? 0 : 1);
    }

    private void parse(Deque<String> arguments) {
        while (!arguments.isEmpty()) {
            String argument = arguments.remove();
            switch (argument) {
                case "--server" -> jar = Path.of(value(argument, arguments));
                case "--seconds" -> each = Duration.ofSeconds(number(argument, arguments));
                case "--minutes" -> soak = Duration.ofMinutes(number(argument, arguments));
                case "--list" -> lists = true;
                default -> attacks.add(Attacks.named(argument));
            }
        }
        if (attacks.isEmpty()) {
            attacks.addAll(Attacks.all());
        }
    }

    private static String value(String option, Deque<String> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return arguments.remove();
    }

    private static long number(String option, Deque<String> arguments) {
        String value = value(option, arguments);
        if (!value.matches("[1-9]\\d{0,3}")) {
            throw new IllegalArgumentException(option + " needs a number, not " + value);
        }
        return Long.parseLong(value);
    }

    private boolean run() throws IOException {
        Launch launch = new Launch(jar, System.getProperty("belfry.core", ""));
        if (lists) {
            attacks.forEach(attack -> System.out.printf("%-20s %s%n", attack.name(), attack.what()));
            return true;
        }
        table.head();
        if (!soak.isZero()) {
            List<Attack> onOneServer = attacks.stream()
                    .filter(attack -> attack.launch(launch).equals(launch))
                    .toList();
            return new Soak(launch, table, System.out).run(onOneServer, soak);
        }
        return oneByOne(launch);
    }

    private boolean oneByOne(Launch launch) throws IOException {
        int held = 0;
        try (Campaign campaign = Campaign.longForm(launch, each)) {
            Outcome quiet = campaign.quiet();
            table.row(quiet);
            campaign.judgeBy(quiet.honest());
            for (Attack attack : attacks) {
                Outcome outcome = campaign.make(attack);
                table.row(outcome);
                held += outcome.isHeld() ? 1 : 0;
            }
        }
        System.out.printf("%d of %d held%n", held, attacks.size());
        return held == attacks.size();
    }
}
