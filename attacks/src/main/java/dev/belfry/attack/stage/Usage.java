package dev.belfry.attack.stage;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a process takes, as Linux has it; elsewhere all is 0.
 *
 * @param residentBytes memory now
 * @param peakBytes memory at most, since it was {@linkplain AttackedServer#forgetPeak forgotten}
 * @param threads how many
 * @param descriptors open files and sockets
 */
public record Usage(long residentBytes, long peakBytes, int threads, int descriptors) {
    static Usage of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            Map<String, Long> status = Files.readAllLines(process.resolve("status")).stream()
                    .filter(line -> line.startsWith("Vm") || line.startsWith("Threads"))
                    .collect(Collectors.toMap(
                            line -> line.substring(0, line.indexOf(':')),
                            line -> Long.parseLong(line.replaceAll("\\D", ""))));
            String[] descriptors = new File(process.toFile(), "fd").list();
            return new Usage(
                    status.getOrDefault("VmRSS", 0L) << 10,
                    status.getOrDefault("VmHWM", 0L) << 10,
                    status.getOrDefault("Threads", 0L).intValue(),
                    descriptors == null ? 0 : descriptors.length);
        } catch (IOException e) {
            return new Usage(0, 0, 0, 0);
        }
    }

    static void forgetPeak(long pid) {
        try {
            Files.writeString(Path.of("/proc", Long.toString(pid), "clear_refs"), "5");
        } catch (IOException e) {
            // then the peak is that of the whole run
        }
    }
}
