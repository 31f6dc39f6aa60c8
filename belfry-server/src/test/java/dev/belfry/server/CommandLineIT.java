package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
        assertOneLine(serve("--port", "0", "--host", "0.0.0.0"), 1, "--key-file FILE");
        assertOneLine(serve("--port", "0", "--host", "0.0.0.0"), 1, "--open");
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
    void keysThatCannotBeUsedAreNamedAndNotShown() throws Exception {
        String secret = "a-secret-that-is-short";
        Path file = Files.writeString(directory.resolve("keys"), secret);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertOneLine(serve("--port", "0", "--key-file", file.toString()), 1, "chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        for (BelfryProcess.Ended ended : List.of(
                serve("--port", "0", "--key-file", file.toString()),
                serve("--port", "0", "--belfry.security.jwt.secret=" + secret))) {
            assertOneLine(ended, 1, "32 bytes");
            assertThat(ended.stderr()).doesNotContain(secret);
        }
        assertOneLine(serve("--port", "0", "--key-file", directory + "/no/keys"), 1, "keys");
        assertOneLine(serve("--port", "0", "--key-file", "x", "--open"), 2, "--open");
        assertOneLine(serve("--port", "0", "--belfry.security.jwt.public-key=nowhere"), 1, "public-key");
        assertOneLine(serve("--port", "0", "--belfry.security.jwt.jwk-set-uri=ftp://x"), 1, "jwk-set-uri");
    }

    @Test
    void aTokenIsMadeOfAKeyOrItIsSaidWhyNot() throws Exception {
        Path file = Files.writeString(directory.resolve("keys"), "x".repeat(31));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertOneLine(BelfryProcess.run("token", "--key-file", file.toString()), 1, "32 bytes");
        assertOneLine(BelfryProcess.run("token", "--secret-env", "BELFRY_NO_SUCH"), 1, "BELFRY_NO_SUCH");
        assertOneLine(BelfryProcess.run("token"), 2, "--key-file");
        assertOneLine(BelfryProcess.run("token", "--key-file", "x", "--expires", "soon"), 2, "--expires");
        assertOneLine(BelfryProcess.run("token", "--key-file", "x", "--publish", ""), 2, "--publish");
        Files.writeString(file, "x".repeat(32));
        BelfryProcess.Ended made = BelfryProcess.run("token", "--key-file", file.toString(), "--publish", "a/*");
        assertThat(made.exitCode()).as(made.toString()).isZero();
        assertThat(made.stdout().strip().split("\\.", -1)).hasSize(3);
        assertThat(made.stderr()).isEmpty();
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
