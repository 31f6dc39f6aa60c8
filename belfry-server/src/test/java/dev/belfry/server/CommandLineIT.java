package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody gets who starts it in a way that cannot work: one line, and an exit code. */
class CommandLineIT {
    @TempDir
    private Path directory;

    private BelfryProcess.Ended serve(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "serve";
        arguments[1] = "--data-dir";
        arguments[2] = directory.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return BelfryProcess.run(arguments);
    }

    private static void assertOneLine(BelfryProcess.Ended ended, int exitCode, String what) {
        assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(exitCode);
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.stderr().lines()).hasSize(1);
        assertThat(ended.stderr()).startsWith("belfry: ").contains(what);
    }

    @Test
    void openToOthersItDoesNotStartUnlessItIsTold() {
        assertOneLine(serve("--port", "0", "--host", "0.0.0.0"), 1, "open");
        assertThat(directory.resolve("CURRENT")).doesNotExist();
    }

    @Test
    void openToOthersItStartsWhenItIsTold() {
        try (BelfryProcess belfry = BelfryProcess.start(directory, "--host", "0.0.0.0", "--open")) {
            assertThat(Http.get(belfry.notifications("")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aDataDirectoryIsForOneProcess() {
        try (BelfryProcess belfry = BelfryProcess.start(directory)) {
            assertOneLine(serve("--port", "0"), 1, directory.toString());
            assertThat(Http.publishNumbers(belfry, "x", 0, 1)).hasSize(1);
        }
    }

    @Test
    void aPortIsForOneProcess() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertOneLine(serve("--port", port), 1, port);
        }
    }

    @Test
    void aDataDirectoryThatIsAFileIsSaidSo() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertOneLine(BelfryProcess.run("serve", "--port", "0", "--data-dir", file.toString()), 1, file.toString());
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        assertOneLine(serve("--prot", "8080"), 2, "--prot");
        assertOneLine(serve("--port", "x"), 2, "--port");
        assertOneLine(serve("--port", "70000"), 2, "--port");
        assertOneLine(BelfryProcess.run("sevre"), 2, "sevre");
        assertOneLine(BelfryProcess.run(), 2, "serve");
    }

    @Test
    void aBadPropertyIsNamed() {
        assertOneLine(serve("--port", "0", "--belfry.stream.heartbeat=0s"), 1, "belfry.stream.heartbeat");
        assertOneLine(serve("--port", "0", "--belfry.log.retention.age=soon"), 1, "belfry.log.retention.age");
    }

    @Test
    void helpAndVersionAreSaidOnStdout() {
        BelfryProcess.Ended help = BelfryProcess.run("serve", "--help");
        BelfryProcess.Ended version = BelfryProcess.run("--version");

        assertThat(help.exitCode()).isZero();
        assertThat(help.stdout()).contains("--data-dir");
        assertThat(version.exitCode()).isZero();
        assertThat(version.stdout()).startsWith("belfry ");
    }
}
