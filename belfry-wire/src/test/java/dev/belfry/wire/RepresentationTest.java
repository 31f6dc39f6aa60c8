package dev.belfry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepresentationTest {
    private static Representation chosen(String... accept) {
        return Representation.of(List.of(accept));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/event-stream                                   | SSE",
                "TEXT/Event-Stream;charset=utf-8                     | SSE",
                "application/x-ndjson                                | NDJSON",
                "application/json                                    | JSON",
                "*/*                                                 | JSON",
                "''                                                  | JSON",
                "text/*                                              | SSE",
                "application/*                                       | JSON",
                "text/html, */*;q=0.8                                | JSON",
                "text/event-stream, application/json                 | SSE",
                "application/json, text/event-stream                 | JSON",
                "application/json;q=0.5, text/event-stream;q=0.9     | SSE",
                "application/json;q=0.5, application/x-ndjson        | NDJSON",
                "text/event-stream;q=0, application/x-ndjson;q=0.001 | NDJSON",
                "*/*, application/json;q=0                           | SSE",
                "*/*;q=0.9, application/json;q=0.1                   | SSE",
                "application/*;q=0.2, application/json;q=0, */*;q=0.1 | NDJSON",
            })
    void theClientsFavouriteIsChosen(String accept, Representation representation) {
        assertThat(chosen(accept)).isEqualTo(representation);
    }

    @Test
    void severalLinesAreOneList() {
        assertThat(chosen("application/json;q=0.1", "text/event-stream")).isEqualTo(Representation.SSE);
    }

    @Test
    void withoutAcceptItIsAPoll() {
        assertThat(chosen()).isEqualTo(Representation.JSON);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "image/*",
                "application/json;q=0",
                "*/*;q=0",
                "application/vnd.x+json",
                "nonsense",
                "a/b/c",
                "text/*, text/event-stream;q=0"
            })
    void whatThereIsNotIsNotAcceptable(String accept) {
        assertThatThrownBy(() -> chosen(accept))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(406));
    }
}
