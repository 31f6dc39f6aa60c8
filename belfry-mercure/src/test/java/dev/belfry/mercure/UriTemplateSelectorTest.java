package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriTemplateSelectorTest {
    private static boolean matches(String template, String topic) {
        UriTemplateSelector selector = UriTemplateSelector.of(template);
        assertThat(selector).as(template).isNotNull();
        return selector.matches(new Topic(topic));
    }

    /** RFC 6570, 1.2 and 3.2. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{var}|value",
                "{hello}|Hello%20World%21",
                "x{+path}/here|x/foo/bar/here",
                "{+base}index|http://example.com/home/index",
                "O{+empty}X|OX",
                "O{undef}X|OX",
                "X{#var}|X#value",
                "X{#hello}|X#Hello%20World!",
                "map?{x,y}|map?1024,768",
                "{x,hello,y}|1024,Hello%20World%21,768",
                "{+x,hello,y}|1024,Hello%20World!,768",
                "{+path,x}/here|/foo/bar,1024/here",
                "{#x,hello,y}|#1024,Hello%20World!,768",
                "{#path,x}/here|#/foo/bar,1024/here",
                "X{.var}|X.value",
                "X{.x,y}|X.1024.768",
                "{/var}|/value",
                "{/var,x}/here|/value/1024/here",
                "{;x,y}|;x=1024;y=768",
                "{;x,y,empty}|;x=1024;y=768;empty",
                "{?x,y}|?x=1024&y=768",
                "{?x,y,empty}|?x=1024&y=768&empty=",
                "{?x,y,undef}|?x=1024&y=768",
                "?fixed=yes{&x}|?fixed=yes&x=1024",
                "{&x,y,empty}|&x=1024&y=768&empty=",
                "{var:3}|val",
                "{var:30}|value",
                "{list}|red,green,blue",
                "{list*}|red,green,blue",
                "{keys}|semi,%3B,dot,.,comma,%2C",
                "{keys*}|semi=%3B,dot=.,comma=%2C",
                "{+path:6}/here|/foo/b/here",
                "{+list*}|red,green,blue",
                "{+keys*}|semi=;,dot=.,comma=,",
                "{#path:6}/here|#/foo/b/here",
                "{#keys*}|#semi=;,dot=.,comma=,",
                "X{.var:3}|X.val",
                "X{.list*}|X.red.green.blue",
                "X{.keys*}|X.semi=%3B.dot=..comma=%2C",
                "{/var:1,var}|/v/value",
                "{/var:1,var}|/value",
                "{/list*}|/red/green/blue",
                "{/list*,path:4}|/red/green/blue/%2Ffoo",
                "{/keys*}|/semi=%3B/dot=./comma=%2C",
                "{;hello:5}|;hello=Hello",
                "{;list}|;list=red,green,blue",
                "{;list*}|;list=red;list=green;list=blue",
                "{;keys*}|;semi=%3B;dot=.;comma=%2C",
                "{?var:3}|?var=val",
                "{?list*}|?list=red&list=green&list=blue",
                "{?keys*}|?semi=%3B&dot=.&comma=%2C",
                "{&list*}|&list=red&list=green&list=blue",
                "http://example.com/~{username}/|http://example.com/~fred/",
                "http://example.com/books/{id}{?page}|http://example.com/books/1",
                "http://example.com/books/{id}.jsonld|http://example.com/books/1.jsonld",
                "http://example.com/b%C3%BCcher/{id}|http://example.com/b%C3%BCcher/1",
                "http://example.com/b\u00fccher/{id}|http://example.com/b\u00fccher/1",
            })
    void matchesWhatItMayExpandTo(String template, String topic) {
        assertThat(matches(template, topic)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://example.com/books/{id}|http://example.com/books/1/reviews",
                "http://example.com/books/{id}|http://example.com/authors/1",
                "http://example.com/books/{id}|http://example.com/books",
                "http://example.com/books/{id}|http://example.com/books/50%",
                "http://example.com/books/{id}|http://example.com/books/%4",
                "http://example.com/books/{id}|http://example.com/books/\u00fc",
                "http://example.com/books{?page}|http://example.com/books?sort=1",
                "http://example.com/books{?page,sort}|http://example.com/books?sort=1&page=1",
                "http://example.com/books{?page}|http://example.com/books&page=1",
                "{/a,b}|/1/2/3",
                "{var:3}|valu",
                "{var:2}|%C3%BC%C3%BC%C3%BC",
                "x{y}z|xz{}",
                "aba{x}aba|aba",
            })
    void matchesNothingElse(String template, String topic) {
        assertThat(matches(template, topic)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a{",
                "a{}",
                "a{b",
                "a}b{c}",
                "{=x}",
                "{!x}",
                "{|x}",
                "{a-b}",
                "{a:0}",
                "{a:12345}",
                "{a**}",
                "{a,}",
                "{.}",
                "{a{b}}",
                "a b{c}",
                "100%{c}",
                "<{c}>",
                "{a..b}",
                "{a:3*}"
            })
    void isNoTemplateWhenItBreaksTheGrammar(String text) {
        assertThat(UriTemplateSelector.of(text)).isNull();
    }

    @Test
    void saysHowItsTopicsBeginAndEnd() {
        UriTemplateSelector selector = UriTemplateSelector.of("https://example.com/users/{id}/orders{?x}/all");
        assertThat(selector.literalPrefix()).isEqualTo("https://example.com/users/");
        assertThat(selector.literalSuffix()).isEqualTo("/all");
    }

    @Test
    void isEqualBySpelling() {
        assertThat(UriTemplateSelector.of("a{b}")).isEqualTo(UriTemplateSelector.of("a{b}"));
        assertThat(UriTemplateSelector.of("a{b}")).isNotEqualTo(UriTemplateSelector.of("a{c}"));
    }

    /** What a stranger may make it cost: words of states for each character, and no more than are allowed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a}",
                "{a}x",
                "{+a}",
                "{/a}",
                "{?a}",
                "{?a*}",
                "{a:9}",
                "{#a}/",
                "{;a,b,c}",
                "x",
                "{/a:1,b:2,c:3}"
            })
    void longTemplatesAreRefusedOrTakeABoundedNumberOfSteps(String part) {
        String template = part.repeat(4096 / part.length());
        try {
            UriTemplateSelector selector = UriTemplateSelector.of(template);
            assertThat(selector.stepsPerCharacter()).isLessThanOrEqualTo(4000);
            assertThat(selector.matches(new Topic("x".repeat(1024)))).isIn(true, false);
        } catch (TooComplexException e) {
            assertThat(part).contains("{");
        }
    }

    @Test
    void thousandsOfNamedVariablesAreRefused() {
        assertThatThrownBy(() -> UriTemplateSelector.of("{?" + "a,".repeat(2000) + "a}"))
                .isInstanceOf(TooComplexException.class);
    }
}
