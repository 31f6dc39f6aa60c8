package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.SelectorIndex;
import dev.belfry.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPatternSelectorTest {
    private static final UrlSpelling HUB =
            new UrlSpelling(UrlReader.read("https://example.com/.well-known/mercure", null));

    private static boolean matches(String pattern, String topic) {
        UrlPatternSelector selector = UrlPatternSelector.of(pattern, HUB);
        boolean matches = selector.matches(new Topic(topic));
        assertThat(isFound(selector, topic)).as("found by an index").isEqualTo(matches);
        return matches;
    }

    private static boolean isFound(UrlPatternSelector selector, String topic) {
        SelectorIndex<String> index = new SelectorIndex<>();
        index.add(selector, "x");
        List<String> found = new ArrayList<>();
        index.match(new Topic(topic), found::add);
        return !found.isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            quoteCharacter = '"',
            value = {
                "https://example.com/books/:id -> https://example.com/books/1",
                "https://example.com/books/:id -> HTTPS://EXAMPLE.com:443/books/1",
                "https://example.com/books/:id -> https://example.com/a/../books/1",
                "https://example.com/books/:id -> https://example.com/books/1?x=1#y",
                "https://example.com/books/:id -> https://me:pw@example.com/books/1",
                "https://example.com/books/:id -> /books/1",
                "https://example.com/books/:id -> //example.com/books/1",
                "/books/:id -> https://example.com/books/1",
                "/books/:id -> /books/1",
                "books/:id -> https://example.com/.well-known/books/1",
                "books/:id -> books/1",
                "*://*/books/:id -> http://other.example/books/1",
                "https://example.com:8080/* -> https://example.com:8080/x",
                "https://example.com:443/* -> https://example.com/x",
                "https://*.example.com/* -> https://a.b.example.com/x",
                "https://:sub.example.com/* -> https://a.example.com/x",
                "https://{:sub.}?example.com/* -> https://example.com/x",
                "https://{:sub.}?example.com/* -> https://a.example.com/x",
                "http{s}?://example.com/* -> http://example.com/x",
                "http{s}?://example.com/* -> https://example.com/x",
                "https://example.com/books/:id? -> https://example.com/books",
                "https://example.com/books/:id? -> https://example.com/books/1",
                "https://example.com/books/:id+ -> https://example.com/books/1/2/3",
                "https://example.com/books/:id* -> https://example.com/books",
                "https://example.com/books/:id* -> https://example.com/books/1/2",
                "https://example.com/books/:id(\\d+) -> https://example.com/books/12",
                "https://example.com/(books|authors)/:id -> https://example.com/authors/1",
                "https://example.com/books{/:id}?/end -> https://example.com/books/end",
                "https://example.com/books{/:id}?/end -> https://example.com/books/1/end",
                "https://example.com/{a}+b -> https://example.com/aaab",
                "https://example.com/*.png -> https://example.com/a/b.png",
                "https://example.com/*\\?q=:q -> https://example.com/a?q=1",
                "https://example.com/a\\?q=* -> https://example.com/a?q=1",
                "https://example.com/a#:part -> https://example.com/a#x",
                "https://example.com -> https://example.com/anything?x#y",
                "https://example.com/caf\u00e9/:x -> https://example.com/caf%C3%A9/1",
                "https://example.com/caf\u00e9/:x -> https://example.com/caf\u00e9/1",
                "https://b\u00fccher.example/* -> https://xn--bcher-kva.example/1",
                "https://example.com/./a/../b -> https://example.com/b",
                "https://[\\:\\:1]/* -> https://[0:0::1]/x",
                "urn\\:isbn\\:* -> urn:isbn:1",
                "?x=:y -> https://example.com/.well-known/mercure?x=1",
                "#frag -> https://example.com/.well-known/mercure#frag",
                "https://127.0.0.1/* -> https://127.1/x",
                "https://example.com/a%20b/* -> https://example.com/a b/c",
            })
    void matchesTheUrlsOfTopics(String pattern, String topic) {
        assertThat(matches(pattern, topic)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            quoteCharacter = '"',
            value = {
                "https://example.com/books/:id -> https://example.com/books/1/2",
                "https://example.com/books/:id -> https://example.com/books/",
                "https://example.com/books/:id -> https://example.com/BOOKS/1",
                "https://example.com/books/:id -> http://example.com/books/1",
                "https://example.com/books/:id -> https://example.com:8443/books/1",
                "https://example.com/books/:id -> https://example.org/books/1",
                "https://example.com/books/:id(\\d+) -> https://example.com/books/x",
                "https://example.com/(books|authors)/:id -> https://example.com/readers/1",
                "https://example.com/books?x=1 -> https://example.com/books",
                "https://:sub.example.com/* -> https://a.b.example.com/x",
                "https://example.com/a -> https://exa mple.com/a",
                "https://example.com/* -> urn:isbn:1",
                "*://*/* -> https://ex%zzample.com:99999/",
                "/* -> $belfry/x",
                "https://example.com/{a}+b -> https://example.com/b",
            })
    void matchesNoOthers(String pattern, String topic) {
        assertThat(matches(pattern, topic)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/(",
                "https://example.com/()",
                "https://example.com/(?x)",
                "https://example.com/((a))",
                "https://example.com/{a",
                "https://example.com/{a{b}}",
                "https://example.com/:a/:a",
                "https://example.com/\\",
                "https://example.com/(a(?=b))",
                "https://example.com/(^a)",
                "https://example.com/((?:a)\\1)",
                "https://example.com/(a**)",
                "https://example.com/([a)",
                "https://example.com/(\\p{L})",
                "https://example.com/(\\b)",
                "https://exa<mple.com/",
                "ht^tp://x/",
                "https://example.com:99999/"
            })
    void refusesWhatIsNoPattern(String pattern) {
        assertThatThrownBy(() -> UrlPatternSelector.of(pattern, HUB)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysHowTheUrlsOfItsTopicsBegin() {
        assertThat(UrlPatternSelector.of("https://example.com/users/7/:x", HUB)
                        .ends()
                        .prefix())
                .isEqualTo("https:example.com:/users/7/");
        assertThat(UrlPatternSelector.of("https://example.com/:x/end?a#b", HUB)
                        .ends()
                        .suffix())
                .isEqualTo("/end?a#b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*a", ":a/", "{a}?", "{a}*", "(a|b)", "(a+)", "(a?)", "([^]*)b", "(a{9})", "(?:", "x", "*x*y", "{x*}+"
            })
    void longPatternsAreRefusedOrTakeABoundedNumberOfSteps(String part) {
        StringBuilder pattern = new StringBuilder("https://example.com/");
        for (int i = 0; pattern.length() + part.length() + 4 < 4096; i++) {
            pattern.append(part.replace(":a", ":a" + i));
        }
        try {
            UrlPatternSelector selector = UrlPatternSelector.of(pattern.toString(), HUB);
            assertThat(selector.stepsPerCharacter()).isLessThanOrEqualTo(8000);
            assertThat(selector.matches(new Topic("https://example.com/" + "a".repeat(1000))))
                    .isIn(true, false);
        } catch (TooComplexException | IllegalArgumentException e) {
            assertThat(part).containsAnyOf("{", "(", "*");
        }
    }
}
