package dev.belfry.mercure;

import dev.belfry.TopicSelector;
import dev.belfry.wire.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What a subscriber asks for, in the fields of each version. */
final class Matches {
    private static final int MAX_V0 = 1000;
    private static final int MAX_V1 = 100;

    private Matches() {}

    /** Whether it uses a name that only 1.0 has. */
    static boolean areOfV1(Form form) {
        return form.has("last_event_id") || form.names().stream().anyMatch(Matches::looksLikeMatch);
    }

    private static boolean looksLikeMatch(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith("match");
    }

    /**
     * Reads them, each once.
     *
     * @throws Problem 400 when there are none, too many, or one is not valid
     */
    static List<Match> of(Form form, MercureVersion version, UrlSpelling spelling) {
        Set<Match> matches = new LinkedHashSet<>();
        if (version == MercureVersion.V0) {
            List<String> topics = form.all("topic");
            checkCount(topics.size(), MAX_V0, "Missing \"topic\" parameter.");
            addAll(topics, Match::template, matches);
        } else {
            addOfV1(form, spelling, matches);
        }
        return new ArrayList<>(matches);
    }

    private static void addOfV1(Form form, UrlSpelling spelling, Set<Match> matches) {
        int count = 0;
        for (String name : form.names()) {
            if (looksLikeMatch(name)) {
                List<String> values = form.all(name);
                count += values.size();
                checkCount(count, MAX_V1, "");
                addAll(values, reader(name, spelling), matches);
            }
        }
        checkCount(count, MAX_V1, "Missing \"match\" parameter.");
    }

    private static Function<String, Match> reader(String name, UrlSpelling spelling) {
        return switch (name) {
            case "match", "match_exact" -> Match::exact;
            case "match_urlpattern" -> value -> Match.urlPattern(value, spelling);
            default -> throw Problem.badRequest("unknown-match", "supported: match, match_exact and match_urlpattern");
        };
    }

    /** Stops as soon as it is too much: to compile them takes time, too. */
    private static void addAll(List<String> values, Function<String, Match> read, Set<Match> matches) {
        long steps = 0;
        for (Match match : matches) {
            steps += match.steps();
        }
        for (String value : values) {
            Match match = read.apply(value);
            steps += matches.add(match) ? match.steps() : 0;
            if (steps > MercureGrants.MAX_STEPS) {
                throw Problem.badRequest("too-complex", "the subscription takes too much to match");
            }
        }
    }

    private static void checkCount(int count, int max, String missing) {
        if (count == 0) {
            throw Problem.badRequest("missing-topic", missing);
        }
        if (count > max) {
            throw Problem.badRequest("too-many-topics", "a subscription has at most " + max + " topic selectors");
        }
    }

    static Set<TopicSelector> selectors(List<Match> matches) {
        Set<TopicSelector> selectors = new LinkedHashSet<>();
        matches.stream().map(Match::selector).flatMap(Optional::stream).forEach(selectors::add);
        return selectors;
    }
}
