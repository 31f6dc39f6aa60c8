package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where RocksDB's native library goes: to one place, for every start, whatever becomes of the process. */
class NativeLibraryIT {
    @TempDir
    private Path directory;

    private Path data;
    private Path place;
    private Path temporary;
    private Path file;

    @BeforeEach
    void makeDirectories() throws IOException {
        data = directory.resolve("data");
        place = directory.resolve("place");
        temporary = Files.createDirectory(directory.resolve("tmp"));
        file = Files.writeString(directory.resolve("file"), "x");
    }

    private static String named(Path place) {
        return "-Dbelfry.native.directory=" + place;
    }

    private static String temporary(Path temporary) {
        return "-Djava.io.tmpdir=" + temporary;
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static void assertWorks(BelfryProcess belfry) {
        assertThat(Http.publishNumbers(belfry, "x", 0, 1)).hasSize(1);
    }

    @Test
    void aKilledServerLeavesNothingBehind() throws Exception {
        try (BelfryProcess belfry = BelfryProcess.startWithJvm(List.of(temporary(temporary), named(place)), data)) {
            Path library = filesBelow(place).get(0);
            Object before = Files.getAttribute(library, "unix:ino");
            belfry.kill();
            try (BelfryProcess again = belfry.startAgain()) {
                assertWorks(again);
                again.kill();
            }
            assertThat(filesBelow(temporary)).isEmpty();
            assertThat(filesBelow(place)).containsExactly(library);
            assertThat(Files.getAttribute(library, "unix:ino")).isEqualTo(before);
        }
    }

    @Test
    void noTemporaryDirectoryIsNeeded() {
        try (BelfryProcess belfry = BelfryProcess.startWithJvm(List.of(temporary(file.resolve("none"))), data)) {
            assertWorks(belfry);
        }
    }

    @Test
    void aTornCopyIsReplaced() throws Exception {
        List<String> options = List.of(named(place));
        BelfryProcess.startWithJvm(options, data).close();
        Path library = filesBelow(place).get(0);
        byte[] whole = Files.readAllBytes(library);
        Files.write(library, new byte[whole.length / 2]);

        try (BelfryProcess belfry = BelfryProcess.startWithJvm(options, data)) {
            assertWorks(belfry);
        }
        assertThat(library).hasBinaryContent(whole);
    }

    @Test
    void twoThatStartAtOnceShareIt() throws Exception {
        List<String> options = List.of(named(place));
        CompletableFuture<BelfryProcess> one =
                CompletableFuture.supplyAsync(() -> BelfryProcess.startWithJvm(options, directory.resolve("one")));
        try (BelfryProcess other = BelfryProcess.startWithJvm(options, directory.resolve("other"));
                BelfryProcess first = one.join()) {
            assertWorks(other);
            assertWorks(first);
        }
        assertThat(filesBelow(place)).hasSize(1);
    }

    @Test
    void aPlaceThatCannotHaveItIsNamedWithTheWayOut() {
        Path unusable = file.resolve("none");

        BelfryProcess.Ended ended = BelfryProcess.runWithJvm(
                List.of(named(unusable)), "serve", "--port", "0", "--data-dir", data.toString());

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.stderr().lines()).hasSize(1);
        assertThat(ended.stderr())
                .startsWith("belfry: ")
                .contains(unusable.toString())
                .contains("-Dbelfry.native.directory=");
    }

    @Test
    void withoutACacheItIsInTheDataDirectory() throws Exception {
        assumeTrue(System.getenv("XDG_CACHE_HOME") == null, "the environment names a cache");
        try (BelfryProcess belfry = BelfryProcess.startWithJvm(List.of("-Duser.home=" + file, temporary(file)), data)) {
            assertWorks(belfry);
        }
        assertThat(filesBelow(data.resolve("native"))).hasSize(1);
    }
}
