package dev.belfry.rocksdb;

import dev.belfry.BelfryException.LogUnusable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native library from a copy that every start uses again. RocksDB by itself makes a new copy of 17 MB in the
 * temporary directory each time, and a process that is killed leaves it there.
 *
 * <p>Places are tried in this order: the directory that is named by the system property {@code belfry.native.directory} or by
 * RocksDB's variable {@code ROCKSDB_SHAREDLIB_DIR}, and then no other; the user's cache; the data directory; the temporary
 * directory. {@code java.library.path} is not looked at: it has the system's libraries, of whatever version.
 */
final class NativeLibrary {
    static final String DIRECTORY = "belfry.native.directory";

    private NativeLibrary() {}

    /**
     * Loads the library once in a process.
     *
     * @throws LogUnusable when no place can have it
     */
    static synchronized void load(Path dataDirectory) {
        if (RocksDB.rocksdbVersion() == null) { // else somebody has loaded it
            load(places(dataDirectory, key -> System.getProperty(key), System.getenv()));
        }
    }

    private static void load(List<Path> places) {
        try {
            load(NativeCopy.ofRocksDb(), places, directory -> RocksDB.loadLibrary(List.of(directory.toString())));
        } catch (IOException | UnsupportedOperationException e) {
            throw new LogUnusable("RocksDB has no native library for this system: " + e.getMessage(), e);
        }
    }

    static void load(NativeCopy copy, List<Path> places, Consumer<Path> loader) {
        Map<Path, Throwable> failures = new LinkedHashMap<>();
        for (Path place : places) {
            try {
                loader.accept(copy.in(place));
                return;
            } catch (IOException | UnsatisfiedLinkError e) { // the latter where the place is mounted noexec
                failures.put(place, e);
            }
        }
        throw unusable(failures);
    }

    private static LogUnusable unusable(Map<Path, Throwable> failures) {
        String all = failures.entrySet().stream()
                .map(failure -> failure.getKey() + " (" + reason(failure.getValue()) + ")")
                .collect(Collectors.joining(", "));
        Throwable last = new ArrayList<>(failures.values()).get(failures.size() - 1);
        return new LogUnusable(
                "the native library of RocksDB cannot be loaded from " + all
                        + "; name a directory that can be written and is not mounted noexec with -D" + DIRECTORY
                        + "=DIR",
                last);
    }

    private static @Nullable String reason(Throwable failure) {
        if (failure instanceof FileSystemException e) {
            return e.getReason() != null ? e.getReason() : e.getClass().getSimpleName();
        }
        return failure.getMessage();
    }

    static List<Path> places(
            Path dataDirectory, UnaryOperator<@Nullable String> properties, Map<String, String> environment) {
        String named = properties.apply(DIRECTORY);
        if (named == null) {
            named = environment.get("ROCKSDB_SHAREDLIB_DIR");
        }
        if (named != null && !named.isBlank()) {
            return List.of(Path.of(named).toAbsolutePath());
        }
        List<Path> places = new ArrayList<>();
        Path cache = cache(properties, environment);
        if (cache != null) {
            places.add(cache.resolve("belfry"));
        }
        places.add(dataDirectory.toAbsolutePath().resolve("native"));
        String user = properties.apply("user.name");
        places.add(Path.of(properties.apply("java.io.tmpdir"), "belfry-" + user).toAbsolutePath());
        return places;
    }

    /** The user's cache directory; null for a user without a home. */
    private static @Nullable Path cache(UnaryOperator<@Nullable String> properties, Map<String, String> environment) {
        for (String name : List.of("XDG_CACHE_HOME", "LOCALAPPDATA")) {
            String directory = environment.get(name);
            if (directory != null && Path.of(directory).isAbsolute()) {
                return Path.of(directory);
            }
        }
        String home = properties.apply("user.home");
        return home != null && Path.of(home).isAbsolute() ? Path.of(home, ".cache") : null;
    }
}
