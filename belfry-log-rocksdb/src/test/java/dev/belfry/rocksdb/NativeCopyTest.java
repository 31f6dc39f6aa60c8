package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCopyTest {
    @TempDir
    private Path directory;

    private Path place;
    private Path original;
    private NativeCopy copy;

    @BeforeEach
    void makeOriginal() throws IOException {
        byte[] content = new byte[1 << 20];
        new Random(1).nextBytes(content);
        original = Files.write(directory.resolve("original"), content);
        copy = new NativeCopy(original.toUri().toURL(), "library.so");
        place = directory.resolve("some/place");
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private void assertIsWhole(Path made) {
        assertThat(made.resolve("library.so")).hasSameBinaryContentAs(original);
    }

    @Test
    void aPlaceGetsItInADirectoryForItsUserAlone() throws IOException {
        Path made = copy.in(place);

        assertIsWhole(made);
        assertThat(made).hasParent(place);
        assertThat(filesIn(made)).hasSize(1);
        assertThat(Files.getPosixFilePermissions(made)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void itIsUsedAgain() throws IOException {
        Path file = copy.in(place).resolve("library.so");
        Object before = Files.getAttribute(file, "unix:ino");

        copy.in(place);

        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(before);
    }

    @Test
    void aTornOneIsReplaced() throws IOException {
        Path file = copy.in(place).resolve("library.so");
        Files.write(file, new byte[10]);
        assertIsWhole(copy.in(place));
    }

    @Test
    void oneWithADamagedByteIsReplaced() throws IOException {
        Path file = copy.in(place).resolve("library.so");
        byte[] content = Files.readAllBytes(file);
        content[500_000] ^= 1;
        Files.write(file, content);
        assertIsWhole(copy.in(place));
    }

    @Test
    void anotherContentHasAnotherDirectory() throws IOException {
        Path newer = Files.writeString(directory.resolve("newer"), "newer");

        assertThat(new NativeCopy(newer.toUri().toURL(), "library.so").in(place))
                .isNotEqualTo(copy.in(place));
    }

    @Test
    void manyAtOnceMakeOne() throws IOException {
        List<CompletableFuture<Path>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(CompletableFuture.supplyAsync(() -> {
                try {
                    Path made = copy.in(place);
                    assertIsWhole(made);
                    return made;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        Path made = all.get(0).join();
        assertThat(all).allSatisfy(one -> assertThat(one.join()).isEqualTo(made));
        assertThat(filesIn(made)).hasSize(1);
    }

    @Test
    void whatWasAbandonedIsRemovedAndWhatIsUnderWayIsNot() throws IOException {
        Path made = copy.in(place);
        Files.delete(made.resolve("library.so"));
        Path abandoned = Files.writeString(made.resolve("copy1.tmp"), "x");
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        Path underWay = Files.writeString(made.resolve("copy2.tmp"), "x");

        copy.in(place);

        assertThat(filesIn(made)).containsExactlyInAnyOrder(made.resolve("library.so"), underWay);
    }

    @Test
    void aDirectoryThatOthersMayWriteToIsRefused() throws IOException {
        Path made = copy.in(place);
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> copy.in(place)).isInstanceOf(IOException.class).hasMessageContaining("others");
    }

    @Test
    void aDirectoryOfAnotherUserIsRefused() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "nobody else can give a directory away");
        Path made = copy.in(place);
        Files.setOwner(
                made, made.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

        assertThatThrownBy(() -> copy.in(place)).isInstanceOf(IOException.class).hasMessageContaining("nobody");
    }

    @Test
    void aLinkToADirectoryIsRefused() throws IOException {
        Path made = copy.in(place);
        Path elsewhere = Files.move(made, directory.resolve("elsewhere"));
        Files.createSymbolicLink(made, elsewhere);

        assertThatThrownBy(() -> copy.in(place)).isInstanceOf(IOException.class);
    }

    @Test
    void aLinkInThePlaceOfTheFileIsReplaced() throws IOException {
        Path file = copy.in(place).resolve("library.so");
        Files.delete(file);
        Files.createSymbolicLink(file, original);

        copy.in(place);

        assertThat(file).isRegularFile();
        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertIsWhole(file.getParent());
    }

    @Test
    void aPlaceThatIsAFileIsAnError() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");

        assertThatThrownBy(() -> copy.in(file)).isInstanceOf(FileSystemException.class);
    }

    @Test
    void theLibraryOfThisSystemIsTakenFromItsJar() throws IOException {
        Path made = NativeCopy.ofRocksDb().in(place);

        assertThat(filesIn(made))
                .singleElement()
                .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(5_000_000));
    }
}
