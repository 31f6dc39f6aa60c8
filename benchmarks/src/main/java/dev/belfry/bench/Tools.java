package dev.belfry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the measurements need beside Java; {@code ./bench} sees to it that it is there. */
final class Tools {
    static final Path NGINX = Path.of("/usr/sbin/nginx");
    static final Path NGINX_MODULES = Path.of("/usr/lib/nginx/modules");
    private static final Path ROOT = Path.of(System.getProperty("belfry.root", "."));

    private Tools() {}

    static Path root() {
        return ROOT;
    }

    static Path belfryJar() {
        return ROOT.resolve("belfry-server/target/belfry.jar");
    }

    /** Compiles the floor when its binary is not there yet. */
    static Path floor() {
        Path binary = ROOT.resolve("benchmarks/target/floor");
        if (!Files.isExecutable(binary)) {
            compile(ROOT.resolve("benchmarks/src/main/native/floor.c"), binary);
        }
        return binary;
    }

    private static void compile(Path source, Path binary) {
        try {
            Process gcc = new ProcessBuilder("gcc", "-O2", "-o", binary.toString(), source.toString())
                    .inheritIO()
                    .start();
            if (gcc.waitFor() != 0) {
                throw new IOException("gcc failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static boolean hasNchan() {
        return Files.isExecutable(NGINX) && Files.exists(NGINX_MODULES.resolve("ngx_nchan_module.so"));
    }

    static boolean hasCompiler() {
        return Files.isExecutable(Path.of("/usr/bin/gcc"))
                || Files.isExecutable(ROOT.resolve("benchmarks/target/floor"));
    }
}
