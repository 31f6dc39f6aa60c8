package dev.belfry;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Topics and patterns of so few segments that they often match; and what a match is, said as plainly as can be. */
class Patterns extends DomainContextBase {
    @Provide
    Arbitrary<Topic> topics() {
        return path(6, "a", "b", "c").map(Topic::new);
    }

    @Provide
    Arbitrary<TopicPattern> patterns() {
        return path(6, "a", "b", "*", "**", "**").map(TopicPattern::of);
    }

    private static Arbitrary<String> path(int segments, String... names) {
        return Arbitraries.of(names).list().ofMinSize(1).ofMaxSize(segments).map(list -> String.join("/", list));
    }

    static boolean naiveMatch(TopicPattern pattern, Topic topic) {
        return naiveMatch(
                List.of(pattern.name().split("/")), List.of(topic.name().split("/")));
    }

    private static boolean naiveMatch(List<String> pattern, List<String> topic) {
        if (pattern.isEmpty()) {
            return topic.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        return switch (pattern.get(0)) {
            case "**" -> naiveMatch(rest, topic) || (!topic.isEmpty() && naiveMatch(pattern, tail(topic)));
            case "*" -> !topic.isEmpty() && naiveMatch(rest, tail(topic));
            default -> !topic.isEmpty() && pattern.get(0).equals(topic.get(0)) && naiveMatch(rest, tail(topic));
        };
    }

    private static List<String> tail(List<String> list) {
        return list.subList(1, list.size());
    }
}
