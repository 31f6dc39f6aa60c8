package dev.belfry.boot;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.belfry.stream.StreamSettings;
import java.lang.management.ManagementFactory;

/** How many the process may have, of which every connection takes one. */
final class FileDescriptors {
    /** What the process itself has open: jars, event loops, the log's own files and directories, health. */
    private static final long FOR_THE_PROCESS = 80;

    /** Of the log's tables; with fewer descriptors it keeps a quarter of them open at most. */
    private static final long FOR_TABLES = 256;

    private FileDescriptors() {}

    /** All but a reserve for the log and the process. */
    static int forConnections() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            return forConnections(unix.getMaxFileDescriptorCount());
        }
        return StreamSettings.DEFAULT.maxConnections();
    }

    static int forConnections(long limit) {
        long left = limit - FOR_THE_PROCESS - Math.min(FOR_TABLES, limit / 4);
        return (int) Math.max(1, Math.min(left, Integer.MAX_VALUE));
    }

    /** 90 % of the connections: the rest is for publishers. */
    static int forStreams() {
        int connections = forConnections();
        return Math.max(1, connections - connections / 10);
    }
}
