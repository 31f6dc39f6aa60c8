package dev.belfry.mercure;

import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import org.jspecify.annotations.Nullable;

/** Topics that a URI Template (RFC 6570) may expand to. */
final class UriTemplateSelector implements TopicSelector {
    private final String name;
    private final String prefix;
    private final String suffix;
    private final Automaton between;

    private UriTemplateSelector(String name, TemplateReader reader, Automaton between) {
        this.name = name;
        prefix = reader.prefix();
        suffix = reader.suffix();
        this.between = between;
    }

    /**
     * Reads a template; null when it is none.
     *
     * @throws TooComplexException when it would take too much to match
     */
    static @Nullable UriTemplateSelector of(String name) {
        TemplateReader reader = new TemplateReader(name);
        Expression between;
        try {
            between = reader.read();
        } catch (IllegalArgumentException e) {
            return null;
        }
        return new UriTemplateSelector(name, reader, AutomatonBuilder.build(between));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean matches(Topic topic) {
        String text = topic.name();
        if (text.length() < prefix.length() + suffix.length() || !text.startsWith(prefix) || !text.endsWith(suffix)) {
            return false;
        }
        char[] symbols = Symbols.of(text.substring(prefix.length(), text.length() - suffix.length()));
        return between.accepts(symbols, 0, symbols.length);
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
    public int stepsPerCharacter() {
        return between.stepsPerSymbol();
    }

    @Override
    public int heapBytes() {
        return between.heapBytes();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof UriTemplateSelector other && name.equals(other.name);
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
