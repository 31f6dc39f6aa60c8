package dev.belfry.mercure;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import dev.belfry.wire.Problem;
import java.util.Optional;

/**
 * What a subscriber, or a token, selects topics by.
 *
 * @param type the version's word for how; a selector of 0.x has none of its own
 * @param value as it was written
 * @param selector empty when no topic of this server can have this spelling
 */
record Match(Type type, String value, Optional<TopicSelector> selector) {
    static final int MAX_LENGTH = 4096;

    /** How the value is read. */
    enum Type {
        /** 0.x: {@code *}, a string, or a URI Template. */
        TEMPLATE("template"),
        /** 1.0: a string. */
        EXACT("exact"),
        /** 1.0: a URL Pattern. */
        URLPATTERN("urlpattern");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * Reads a selector of 0.x; what is no valid template is a string.
     *
     * @throws Problem 400 when it is too long or takes too much to match
     */
    static Match template(String value) {
        checkLength(value);
        if (value.indexOf('{') >= 0) {
            try {
                UriTemplateSelector template = UriTemplateSelector.of(value);
                if (template != null) {
                    return new Match(Type.TEMPLATE, value, Optional.of(template));
                }
            } catch (TooComplexException e) {
                throw tooComplex();
            }
        }
        return new Match(Type.TEMPLATE, value, string(value));
    }

    /**
     * Reads an exact match of 1.0.
     *
     * @throws Problem 400 when it has characters that it may not have
     */
    static Match exact(String value) {
        checkText(value);
        return new Match(Type.EXACT, value, string(value));
    }

    /**
     * Reads a URL Pattern of 1.0.
     *
     * @throws Problem 400 when it is none, or not supported
     */
    static Match urlPattern(String value, UrlSpelling spelling) {
        checkText(value);
        if (value.equals("*")) {
            return new Match(Type.URLPATTERN, value, Optional.of(TopicPattern.ALL));
        }
        try {
            return new Match(Type.URLPATTERN, value, Optional.of(UrlPatternSelector.of(value, spelling)));
        } catch (TooComplexException e) {
            throw tooComplex();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-pattern", "not a supported URL Pattern: " + e.getMessage());
        }
    }

    /** What a character of a topic costs it. */
    int steps() {
        return selector.map(TopicSelector::stepsPerCharacter).orElse(0);
    }

    private static Optional<TopicSelector> string(String value) {
        if (value.equals("*")) {
            return Optional.of(TopicPattern.ALL);
        }
        try {
            TopicPattern pattern = TopicPattern.of(value);
            return pattern.isExact() ? Optional.of(pattern) : Optional.empty();
        } catch (InvalidInput e) {
            return Optional.empty();
        }
    }

    private static void checkText(String value) {
        checkLength(value);
        MercureText.check("invalid-pattern", "a match", value);
    }

    private static void checkLength(String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw Problem.badRequest("invalid-pattern", "a topic selector has 1 to " + MAX_LENGTH + " characters");
        }
    }

    private static Problem tooComplex() {
        return Problem.badRequest("too-complex", "a topic selector takes too much to match");
    }
}
