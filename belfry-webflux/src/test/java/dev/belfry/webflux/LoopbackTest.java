package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class LoopbackTest {
    private static boolean isLoopback(String host) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.HOST, host);
        return Loopback.isName(headers.getHost());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost:8080",
                "app.localhost",
                "127.0.0.1",
                "127.0.0.1:80",
                "127.1.2.3",
                "[::1]",
                "[::1]:8080",
                "[0:0:0:0:0:0:0:1]:8080"
            })
    void itsOwnNamesAreLoopback(String host) {
        assertThat(isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.com",
                "evil.com:8080",
                "127.0.0.1.evil.com",
                "localhost.evil.com",
                "evil-localhost",
                "notlocalhost",
                "128.0.0.1",
                "10.127.0.1",
                "127.0.0",
                "127.0.0.1x",
                "[::2]",
                "0.0.0.0",
                "",
                "localhost@evil.com",
                "evil.com#localhost"
            })
    void everyOtherNameIsNot(String host) {
        assertThat(isLoopback(host)).isFalse();
    }

    @Test
    void aRequestWithoutHostIsNot() {
        assertThat(Loopback.isName(null)).isFalse();
    }
}
