package dev.belfry.mercure;

import dev.belfry.Topic;
import dev.belfry.TopicEnds;
import dev.belfry.TopicSelector;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics whose URL a URL Pattern (WHATWG) matches; both resolve against the hub's URL. */
final class UrlPatternSelector implements TopicSelector {
    private static final List<UrlPart> SPELLED =
            List.of(UrlPart.PROTOCOL, UrlPart.HOSTNAME, UrlPart.PORT, UrlPart.PATHNAME, UrlPart.SEARCH, UrlPart.HASH);

    /** For reading a topic as a URL. */
    private static final int STEPS_TO_READ = 20;

    private final String name;
    private final UrlSpelling spelling;
    private final Map<UrlPart, PartPattern> parts;
    private final TopicEnds ends;

    private UrlPatternSelector(String name, UrlSpelling spelling, Map<UrlPart, PartPattern> parts) {
        this.name = name;
        this.spelling = spelling;
        this.parts = parts;
        ends = new TopicEnds(spelling, prefix(), suffix());
        int states = parts.values().stream().mapToInt(PartPattern::states).sum();
        if (states > Automaton.MAX_STATES) {
            throw new TooComplexException();
        }
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException when it is none, or has a regular expression that is not supported
     * @throws TooComplexException when it would take too much to match
     */
    static UrlPatternSelector of(String name, UrlSpelling spelling) {
        Map<UrlPart, String> given = PatternSource.parts(name);
        PatternBase.fill(given, spelling.hub());
        PartPattern protocol = PartPattern.ofProtocol(PatternBase.of(given, UrlPart.PROTOCOL));
        boolean isSpecial = protocol.matchesSpecialScheme();
        Map<UrlPart, PartPattern> parts = new EnumMap<>(UrlPart.class);
        for (UrlPart part : UrlPart.values()) {
            parts.put(part, PartPattern.of(part, PatternBase.of(given, part), isSpecial));
        }
        return new UrlPatternSelector(name, spelling, parts);
    }

    private PartPattern part(UrlPart part) {
        PartPattern pattern = parts.get(part);
        if (pattern == null) {
            throw new IllegalStateException("a pattern has all parts");
        }
        return pattern;
    }

    /** As {@link Url#spelling()} puts parts together, as far as they are fixed. */
    private String prefix() {
        StringBuilder prefix = new StringBuilder();
        for (UrlPart part : SPELLED) {
            prefix.append(part(part).prefix());
            if (!part(part).isFixed()) {
                break;
            }
            prefix.append(behind(part));
        }
        return prefix.toString();
    }

    private static String behind(UrlPart part) {
        return switch (part) {
            case PROTOCOL, HOSTNAME -> ":";
            case PATHNAME -> "?";
            case SEARCH -> "#";
            default -> "";
        };
    }

    /** Only behind what is not fixed, for it must not overlap the prefix. */
    private String suffix() {
        String suffix = "";
        for (UrlPart part : List.of(UrlPart.HASH, UrlPart.SEARCH, UrlPart.PATHNAME)) {
            if (!part(part).isFixed()) {
                return part(part).suffix() + suffix;
            }
            suffix = (part == UrlPart.HASH ? "#" : part == UrlPart.SEARCH ? "?" : "")
                    + part(part).prefix()
                    + suffix;
        }
        return "";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean matches(Topic topic) {
        Url url = topic.isReserved() ? null : spelling.url(topic);
        if (url == null) {
            return false;
        }
        for (UrlPart part : UrlPart.values()) {
            if (!part(part).matches(url.part(part))) {
                return false;
            }
        }
        return true;
    }

    /** A topic may spell its URL in other ways. */
    @Override
    public String literalPrefix() {
        return "";
    }

    @Override
    public TopicEnds ends() {
        return ends;
    }

    @Override
    public int stepsPerCharacter() {
        return STEPS_TO_READ
                + parts.values().stream()
                        .map(PartPattern::automaton)
                        .mapToInt(UrlPatternSelector::steps)
                        .sum();
    }

    private static int steps(@Nullable Automaton automaton) {
        return automaton == null ? 0 : automaton.stepsPerSymbol();
    }

    @Override
    public int heapBytes() {
        return parts.values().stream().mapToInt(PartPattern::heapBytes).sum();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof UrlPatternSelector other && name.equals(other.name) && spelling.equals(other.spelling);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
