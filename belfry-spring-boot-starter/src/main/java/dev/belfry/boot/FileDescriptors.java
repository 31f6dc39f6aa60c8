package dev.belfry.boot;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.belfry.stream.StreamSettings;
import java.lang.management.ManagementFactory;

/** How many the process may have, of which every connection takes one. */
final class FileDescriptors {
    private FileDescriptors() {}

    /** 90 %: the rest is for publishers, files, and whatever else the application opens. */
    static int forStreams() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            return (int) Math.max(1, Math.min(unix.getMaxFileDescriptorCount() / 10 * 9, Integer.MAX_VALUE));
        }
        return StreamSettings.DEFAULT.maxConnections();
    }
}
