package dev.belfry.mercure;

import dev.belfry.testkit.RawHttp;

/** An answer that has ended. */
record Answer(int status, String head, String body, String challenge) {
    static Answer of(RawHttp http) {
        return new Answer(http.status(), http.head(), http.bodyByLength(), http.header("WWW-Authenticate"));
    }

    /** The code of the problem that it tells of. */
    String code() {
        return body.replaceAll("(?s).*\"code\":\"([^\"]*)\".*", "$1");
    }
}
