package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST",
                "localhost:8080",
                "app.localhost",
                "a.b-c.localhost:1",
                "127.0.0.1",
                "127.0.0.1:65535",
                "127.1.2.3",
                "127.255.255.255",
                "[::1]",
                "[::1]:8080",
                "[0:0:0:0:0:0:0:1]:8080"
            })
    void itsOwnNamesAreLoopback(String text) {
        Authority authority = Authority.parse(text);

        assertThat(authority).isNotNull();
        assertThat(authority.isLoopback()).isTrue();
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
                ".localhost",
                "a..localhost",
                "localhost.",
                "127.0.0.1.",
                "128.0.0.1",
                "10.127.0.1",
                "127.0.0",
                "127.1",
                "127.999.999.999",
                "127.0.0.256",
                "127.0.0.01",
                "127.0.0.1x",
                "2130706433",
                "0x7f.0.0.1",
                "0x7f.1",
                "0177.0.0.1",
                "127.0.0.1.localhost.",
                "localhost..",
                "..localhost",
                "[::2]",
                "[::ffff:127.0.0.1]",
                "0.0.0.0",
                "%6cocalhost"
            })
    void everyOtherNameIsNot(String text) {
        Authority authority = Authority.parse(text);

        assertThat(authority).isNotNull();
        assertThat(authority.isLoopback()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost ",
                ":80",
                "localhost:",
                "localhost:0",
                "localhost:65536",
                "localhost:99999",
                "localhost:999999999999",
                "localhost:-1",
                "localhost:x",
                "localhost:80:80",
                "localhost@evil.com",
                "user@localhost",
                "user:password@localhost",
                "evil.com/.localhost",
                "evil.com#localhost",
                "evil.com?.localhost",
                "evil.com\\.localhost",
                "localhost, evil.com",
                "[::1",
                "::1",
                "::1]",
                "[localhost]",
                "[::1]x",
                "[::1%25lo]",
                "b\u00FCcher.localhost",
                "localhost\u0000.evil.com",
                "localhost\n"
            })
    void whatIsNoHostIsNoAuthority(String text) {
        assertThat(Authority.parse(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.", "1", "127."})
    void aNameThatIsTooLongIsNone(String part) {
        assertThat(Authority.parse(part.repeat(100_000))).isNull();
    }
}
