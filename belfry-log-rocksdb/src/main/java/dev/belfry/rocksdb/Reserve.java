package dev.belfry.rocksdb;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room on the disk that publications may not take: the file {@code RESERVE} in the data directory. When the disk is full it is
 * deleted, so that retention can write. Owned by the writer thread once the log is open.
 *
 * <p>64 MiB, or a quarter of a smaller file system: opening the log anew may write all 48 MiB of its buffers to files, and retention
 * comes after that.
 */
final class Reserve {
    private static final Logger log = LoggerFactory.getLogger(Reserve.class);
    private static final String NAME = "RESERVE";
    private static final long MOST_BYTES = 64L << 20;
    private static final long LEAST_BYTES = 4L << 20;
    /** So much is written between two groups, which takes about a millisecond. */
    private static final int STEP_BYTES = 1 << 20;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Path file;
    private final long wantedBytes;
    private long bytes;
    /** How much was given away and is not there again. */
    private long owedBytes;

    private long notBeforeNanos = System.nanoTime();
    private boolean isMissed;

    private Reserve(Path file, long wantedBytes, long bytes) {
        this.file = file;
        this.wantedBytes = wantedBytes;
        this.bytes = bytes;
    }

    /** What there is of it. Writes nothing. */
    static Reserve in(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            long wanted = Math.min(MOST_BYTES, Files.getFileStore(directory).getTotalSpace() / 4);
            long rounded = wanted / STEP_BYTES * STEP_BYTES;
            return new Reserve(file, rounded, Files.exists(file) ? Files.size(file) : 0);
        } catch (IOException e) {
            log.warn("no reserve for a full disk file={} cause={}", file, e.toString());
            return new Reserve(file, 0, 0);
        }
    }

    /** Adds a step to it when it is not whole and there is room for all of it. */
    void grow() {
        if (bytes >= wantedBytes || System.nanoTime() - notBeforeNanos < 0) {
            return;
        }
        if (!hasRoomFor(wantedBytes) || !step()) {
            notBeforeNanos = System.nanoTime() + RETRY_NANOS;
            sayOnce();
        }
    }

    private void sayOnce() {
        if (!isMissed) {
            log.warn("no room for the reserve, a full disk may need help file={} bytes={}", file, wantedBytes);
            isMissed = true;
        }
    }

    /** Deletes it. Returns false when there was none. */
    boolean release() {
        if (bytes == 0) {
            return false;
        }
        try {
            Files.deleteIfExists(file);
            log.warn("the disk is full, retention gets the reserve bytes={}", bytes);
            owedBytes = Math.max(owedBytes, bytes);
            bytes = 0;
            return true;
        } catch (IOException e) {
            log.warn("the reserve cannot be deleted file={} cause={}", file, e.toString());
            return false;
        }
    }

    /** Whether it was given away and is not there again. Until then the room is retention's, and publications wait. */
    boolean isOwed() {
        return owedBytes > 0;
    }

    /**
     * Makes it again, when retention has made room: as large as it was, or half of what room there is. The other half is what
     * publications can write until the disk is full again, so that this one suffices to flush that.
     */
    void restore() {
        long whole = Math.min(owedBytes, (usableBytes() + bytes) / 2);
        while (bytes < whole && step()) {
            // one step after the other
        }
        if (bytes >= whole && whole >= Math.min(owedBytes, LEAST_BYTES)) {
            log.info("there is room again reserve={}", bytes);
            owedBytes = 0;
        }
    }

    /** And for a little more, or the disk would be full again at once. */
    private boolean hasRoomFor(long whole) {
        return usableBytes() >= whole - bytes + whole / 4;
    }

    private long usableBytes() {
        return file.toFile().getParentFile().getUsableSpace();
    }

    /** Random, or a file system that compresses would reserve nothing. */
    private boolean step() {
        byte[] block = new byte[STEP_BYTES];
        new SplittableRandom().nextBytes(block);
        try (FileChannel channel = FileChannel.open(file, CREATE, APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(block);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            bytes = channel.size();
            return true;
        } catch (IOException e) {
            bytes = file.toFile().length();
            return false;
        }
    }
}
