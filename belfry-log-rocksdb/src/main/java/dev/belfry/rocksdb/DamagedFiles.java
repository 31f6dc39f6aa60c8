package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** Finds out which families of a database have a damaged file. */
final class DamagedFiles {
    private DamagedFiles() {}

    /** That of the file which the error names; if it names none, all files are read through. */
    static Set<String> families(Database database, RocksDBException cause) {
        Set<String> families = new TreeSet<>();
        List<LiveFileMetaData> files = database.rocks().getLiveFilesMetaData();
        String named = Damage.fileOf(cause);
        for (LiveFileMetaData file : files) {
            if (named != null && file.fileName().contains(named + ".sst")) {
                families.add(new String(file.columnFamilyName(), UTF_8));
            }
        }
        return families.isEmpty() ? verified(files) : families;
    }

    /** All of them, by reading through every file. */
    static Set<String> all(Database database) {
        return verified(database.rocks().getLiveFilesMetaData());
    }

    private static Set<String> verified(List<LiveFileMetaData> files) {
        Set<String> families = new TreeSet<>();
        for (LiveFileMetaData file : files) {
            if (!isSound(file.path() + "/" + file.fileName())) {
                families.add(new String(file.columnFamilyName(), UTF_8));
            }
        }
        return families;
    }

    private static boolean isSound(String file) {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(file);
            reader.verifyChecksum();
            return true;
        } catch (RocksDBException e) {
            return false;
        }
    }
}
