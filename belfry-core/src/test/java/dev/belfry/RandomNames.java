package dev.belfry;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Topics and selectors of so few segments that they often match; and what a match is, said as plainly as can be. */
final class RandomNames {
    private static final List<String> LITERALS = List.of("a", "b", "c", "", "a*", "***", "$s");
    private static final List<String> SEGMENTS = List.of("a", "b", "", "a*", "$s", "*", "*", "**", "**");
    private static final List<String> PARTS = List.of("a", "b", "/", "", "a/b", "/a", "$s/", "$s");

    private final Random random;

    RandomNames(long seed) {
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    Topic topic() {
        return new Topic(path(LITERALS));
    }

    TopicPattern pattern() {
        return TopicPattern.of(path(SEGMENTS));
    }

    /** Of any kind. */
    TopicSelector selector() {
        return switch (random.nextInt(5)) {
            case 0 -> new Exact(topic().name());
            case 1, 2 -> new Template(oneOf(PARTS) + oneOf(PARTS), oneOf(PARTS));
            default -> pattern();
        };
    }

    /** One that begins with a slash or has two is as usual as another; none is empty. */
    private String path(List<String> segments) {
        String path;
        do {
            path = Stream.generate(() -> oneOf(segments))
                    .limit(1L + random.nextInt(5))
                    .collect(Collectors.joining("/"));
        } while (path.isEmpty());
        return path;
    }

    private String oneOf(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    static boolean naiveMatch(TopicSelector selector, Topic topic) {
        if (selector instanceof TopicPattern) {
            return naiveMatch(split(selector.name()), split(topic.name()), true);
        }
        return begins(selector.literalPrefix(), topic.name()) && selector.matches(topic);
    }

    /** Whether a text that is to show a topic has the first segment of one that begins with a dollar. */
    private static boolean begins(String prefix, String topic) {
        return !topic.startsWith("$") || prefix.startsWith(split(topic).get(0));
    }

    private static boolean naiveMatch(List<String> pattern, List<String> topic, boolean first) {
        if (pattern.isEmpty() || topic.isEmpty()) {
            return topic.isEmpty() && pattern.stream().allMatch("**"::equals);
        }
        if (first && topic.get(0).startsWith("$") && !pattern.get(0).equals(topic.get(0))) {
            return false;
        }
        boolean tailMatches = naiveMatch(tail(pattern), tail(topic), false);
        return switch (pattern.get(0)) {
            case "**" -> naiveMatch(tail(pattern), topic, false) || naiveMatch(pattern, tail(topic), false);
            case "*" -> tailMatches;
            default -> pattern.get(0).equals(topic.get(0)) && tailMatches;
        };
    }

    private static List<String> split(String name) {
        return List.of(name.split("/", -1));
    }

    private static List<String> tail(List<String> list) {
        return list.subList(1, list.size());
    }

    /** Another kind of exact selector. */
    record Exact(String name) implements TopicSelector {
        @Override
        public boolean matches(Topic topic) {
            return topic.name().equals(name);
        }

        @Override
        public String literalPrefix() {
            return name;
        }

        @Override
        public boolean isExact() {
            return true;
        }

        @Override
        public boolean isAll() {
            return false;
        }
    }

    /** Another kind, as a template of addresses is: anything between a beginning and an end, reserved topics too. */
    record Template(String prefix, String suffix, Runnable asked) implements TopicSelector {
        Template(String prefix, String suffix) {
            this(prefix, suffix, () -> {});
        }

        @Override
        public String name() {
            return prefix + "{}" + suffix;
        }

        @Override
        public boolean matches(Topic topic) {
            asked.run();
            String name = topic.name();
            return name.length() >= prefix.length() + suffix.length()
                    && name.startsWith(prefix)
                    && name.endsWith(suffix);
        }

        @Override
        public String literalPrefix() {
            return prefix;
        }

        @Override
        public String literalSuffix() {
            return suffix;
        }

        @Override
        public boolean isExact() {
            return false;
        }

        @Override
        public boolean isAll() {
            return false;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Template other && prefix.equals(other.prefix) && suffix.equals(other.suffix);
        }

        @Override
        public int hashCode() {
            return name().hashCode();
        }
    }
}
