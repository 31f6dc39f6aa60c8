package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.LogUnusable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    private static final Map<String, String> PROPERTIES =
            Map.of("user.home", "/home/anna", "user.name", "anna", "java.io.tmpdir", "/tmp");

    private static List<String> places(Map<String, String> properties, Map<String, String> environment) {
        return NativeLibrary.places(Path.of("/data"), properties::get, environment).stream()
                .map(Path::toString)
                .toList();
    }

    @Test
    void theCacheGoesBeforeTheDataAndTheTemporaryDirectory() {
        assertThat(places(PROPERTIES, Map.of()))
                .containsExactly("/home/anna/.cache/belfry", "/data/native", "/tmp/belfry-anna");
    }

    @Test
    void theCacheIsWhereTheEnvironmentHasIt() {
        assertThat(places(PROPERTIES, Map.of("XDG_CACHE_HOME", "/cache"))).startsWith("/cache/belfry");
        assertThat(places(PROPERTIES, Map.of("XDG_CACHE_HOME", "relative"))).startsWith("/home/anna/.cache/belfry");
    }

    @Test
    void aUserWithoutAHomeHasNoCache() {
        assertThat(places(Map.of("user.home", "?", "user.name", "?", "java.io.tmpdir", "/tmp"), Map.of()))
                .containsExactly("/data/native", "/tmp/belfry-?");
    }

    @Test
    void aDirectoryThatIsNamedIsTheOnlyOne() {
        assertThat(places(Map.of(NativeLibrary.DIRECTORY, "/named"), Map.of("ROCKSDB_SHAREDLIB_DIR", "/other")))
                .containsExactly("/named");
        assertThat(places(PROPERTIES, Map.of("ROCKSDB_SHAREDLIB_DIR", "/other")))
                .containsExactly("/other");
    }

    @Test
    void whereNoPlaceCanHaveItEachIsNamedWithTheWayOut(@TempDir Path directory) throws IOException {
        Path one = Files.writeString(directory.resolve("one"), "x");
        Path other = Files.createSymbolicLink(directory.resolve("other"), directory.resolve("nowhere"));
        NativeCopy copy = new NativeCopy(one.toUri().toURL(), "library.so");

        assertThatThrownBy(() -> NativeLibrary.load(copy, List.of(one.resolve("below"), other), made -> {}))
                .isInstanceOf(LogUnusable.class)
                .hasMessageContainingAll(one.toString(), "Not a directory", other.toString())
                .hasMessageEndingWith("-Dbelfry.native.directory=DIR")
                .message()
                .hasLineCount(1);
    }

    @Test
    void afterAPlaceFromWhichNothingIsRunComesTheNext(@TempDir Path directory) throws IOException {
        Path original = Files.writeString(directory.resolve("original"), "x");
        NativeCopy copy = new NativeCopy(original.toUri().toURL(), "library.so");
        Path noexec = directory.resolve("noexec");
        Path other = directory.resolve("other");
        List<Path> loaded = new ArrayList<>();
        Consumer<Path> loader = made -> {
            if (made.startsWith(noexec)) {
                throw new UnsatisfiedLinkError("failed to map segment from shared object");
            }
            loaded.add(made);
        };

        NativeLibrary.load(copy, List.of(noexec, other), loader);

        assertThat(loaded).singleElement().satisfies(made -> assertThat(made).startsWith(other));
        assertThatThrownBy(() -> NativeLibrary.load(copy, List.of(noexec), loader))
                .isInstanceOf(LogUnusable.class)
                .hasMessageContainingAll(noexec.toString(), "failed to map segment")
                .hasCauseInstanceOf(UnsatisfiedLinkError.class);
    }
}
