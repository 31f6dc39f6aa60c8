package dev.belfry.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What it was measured on. */
final class Machine {
    private Machine() {}

    static String describe() throws IOException {
        return processor() + ", " + Runtime.getRuntime().availableProcessors() + " core(s) for the load, Linux "
                + System.getProperty("os.version").replaceAll("-.*", "") + ", Java "
                + System.getProperty("java.version") + (Tools.hasNchan() ? ", " + nginx() : "") + ".";
    }

    private static String processor() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
            if (line.startsWith("model name")) {
                return line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return System.getProperty("os.arch");
    }

    private static String nginx() throws IOException {
        Process process = new ProcessBuilder(List.of(Tools.NGINX.toString(), "-v"))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return said.replace("nginx version: ", "").trim() + " with Nchan";
    }
}
