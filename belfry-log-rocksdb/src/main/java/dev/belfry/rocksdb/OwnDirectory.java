package dev.belfry.rocksdb;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Set;

/** A directory into which no other user can put what this process would run. */
final class OwnDirectory {
    private static final FileAttribute<Set<PosixFilePermission>> MINE_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private OwnDirectory() {}

    /** Makes it when it is missing, and refuses one that others own or may write to. */
    static void prepare(Path directory) throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(directory); // Windows: the rights are those of the directory above
            return;
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, MINE_ALONE);
        }
        PosixFileAttributes found = Files.readAttributes(directory, PosixFileAttributes.class, NOFOLLOW_LINKS);
        if (!found.isDirectory()) {
            throw new IOException("it is no directory");
        }
        if (!isTrusted(found.owner())) {
            throw new IOException("it belongs to " + found.owner().getName());
        }
        if (found.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("others may write to it");
        }
    }

    private static boolean isTrusted(UserPrincipal owner) throws IOException {
        return owner.getName().equals("root") || owner.equals(self());
    }

    private static UserPrincipal self() throws IOException {
        String name = System.getProperty("user.name");
        try {
            return Path.of("").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            return Files.getOwner(Path.of("/proc/self")); // a container runs under a number that has no name
        }
    }
}
