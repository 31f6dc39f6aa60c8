package dev.belfry.mercure;

import dev.belfry.TopicSelector;
import dev.belfry.wire.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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
        List<Match> matches = version == MercureVersion.V0 ? ofV0(form) : ofV1(form, spelling);
        if (selectors(matches).stream()
                        .mapToLong(TopicSelector::stepsPerCharacter)
                        .sum()
                > MercureGrants.MAX_STEPS) {
            throw Problem.badRequest("too-complex", "the subscription takes too much to match");
        }
        return matches;
    }

    private static List<Match> ofV0(Form form) {
        List<String> topics = form.all("topic");
        checkCount(topics.size(), MAX_V0, "Missing \"topic\" parameter.");
        return new LinkedHashSet<>(topics).stream().map(Match::template).toList();
    }

    private static List<Match> ofV1(Form form, UrlSpelling spelling) {
        Set<Match> matches = new LinkedHashSet<>();
        int count = 0;
        for (String name : form.names()) {
            if (!looksLikeMatch(name)) {
                continue;
            }
            count += form.all(name).size();
            checkCount(count, MAX_V1, "");
            for (String value : form.all(name)) {
                matches.add(
                        switch (name) {
                            case "match", "match_exact" -> Match.exact(value);
                            case "match_urlpattern" -> Match.urlPattern(value, spelling);
                            default ->
                                throw Problem.badRequest(
                                        "unknown-match", "supported: match, match_exact and match_urlpattern");
                        });
            }
        }
        checkCount(count, MAX_V1, "Missing \"match\" parameter.");
        return new ArrayList<>(matches);
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
