package dev.belfry.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a file, which is read again every second, so that keys change without a restart. A file that cannot be used any more is
 * said once, and the keys stay.
 */
public final class KeyFile implements KeySource, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeyFile.class);
    private static final int MAX_BYTES = 64 << 10;
    private static final Set<PosixFilePermission> OF_OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Path file;
    private final ScheduledExecutorService thread;
    private volatile Content content;
    private boolean isFailing;

    private record Content(String text, FixedKeys keys, long version) {}

    private KeyFile(Path file, Duration period) {
        this.file = file;
        String text = read(file);
        content = new Content(text, new FixedKeys(KeyText.read(text)), 0);
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread reader = new Thread(task, "belfry-keys");
            reader.setDaemon(true);
            return reader;
        });
        thread.scheduleWithFixedDelay(this::readAgain, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException when it cannot be used: missing, not of keys, or secrets that others may read
     */
    public static KeyFile open(Path file) {
        return open(file, Duration.ofSeconds(1));
    }

    static KeyFile open(Path file, Duration period) {
        return new KeyFile(file, period);
    }

    /**
     * Makes one with a random secret, which only its owner may read, unless there is one.
     *
     * @return whether it was made
     * @throws IllegalArgumentException when that fails
     */
    public static boolean createIfAbsent(Path file) {
        try (SeekableByteChannel out = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersOnly(file))) {
            ByteBuffer line = ByteBuffer.wrap((SigningKey.newSecret() + "\n").getBytes(UTF_8));
            while (line.hasRemaining()) {
                out.write(line);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be made (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    /** From its first moment on. */
    private static FileAttribute<?>[] ownersOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * The text of a file of keys.
     *
     * @throws IllegalArgumentException when it cannot be read, or has secrets and others may read them
     */
    public static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(file + " is too large for a file of keys");
            }
            String text = new String(bytes, UTF_8);
            if (isSecret(text) && isOpenToOthers(file)) {
                throw new IllegalArgumentException(
                        file + " has a secret and is open to others; only its owner may read it (chmod 600)");
            }
            return text;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private static boolean isSecret(String text) {
        return !KeyText.isPem(text) || text.contains("PRIVATE KEY");
    }

    private static boolean isOpenToOthers(Path file) throws IOException {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains);
        } catch (UnsupportedOperationException e) {
            // a file system without them
            return false;
        }
    }

    private void readAgain() {
        try {
            String text = read(file);
            if (!text.equals(content.text)) {
                content = new Content(text, new FixedKeys(KeyText.read(text)), content.version + 1);
                log.info(
                        "keys changed file={} keys={}", file, content.keys.all().size());
            }
            isFailing = false;
        } catch (RuntimeException e) {
            if (!isFailing) {
                log.warn(
                        "keys stay as they were, file={} cannot be used cause={}",
                        file,
                        e.getClass().getSimpleName());
            }
            isFailing = true;
        }
    }

    @Override
    public Set<Algorithm> algorithms() {
        return content.keys.algorithms();
    }

    @Override
    public List<TokenKey> keys(Algorithm algorithm, @Nullable String keyId) {
        return content.keys.keys(algorithm, keyId);
    }

    @Override
    public long version() {
        return content.version;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
