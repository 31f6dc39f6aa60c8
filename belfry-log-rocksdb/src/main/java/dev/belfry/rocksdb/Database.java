package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparingLong;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * An open RocksDB with its families and options: all that is native, closed together and in order.
 *
 * <p>Bounded: 32 MiB of block cache, index and filter blocks included; 48 MiB of write buffers; 256 open files, or a quarter of what
 * the process may have; 2 MiB of RocksDB's own log.
 */
final class Database implements AutoCloseable {
    private static final List<String> FAMILIES =
            List.of("default", "events", "topics", "expiry", "idempotency", "aliases", "trimmed", "trimmed-order");

    private static final String EVENTS = "events@";
    private static final String META = "meta@";

    private final Deque<AutoCloseable> natives = new ArrayDeque<>();
    private final List<ColumnFamilyHandle> handles = new ArrayList<>();
    /** Changed only before others have this database. */
    private final Map<String, ColumnFamilyHandle> families = new HashMap<>();

    private final RocksDB rocks;
    private final Cache cache;
    private final BloomFilter bloom;
    private volatile List<Generation> generations = List.of();
    private ColumnFamilyHandle meta;

    /**
     * A family of events, from an offset to the next one's. There is one, until a file of it is damaged: compacting it would fail again
     * and again, and writing with it. So a new one is begun, and the one before is only read, until retention drops it.
     */
    record Generation(long from, ColumnFamilyHandle family) {}

    /** How it is opened. */
    enum Mode {
        /** Created when it is missing. */
        NEW,
        EXISTING,
        /** Nothing is compacted before {@link #startCompactions()}. */
        REPAIR,
        /** The same, and files that cannot even be opened are put up with. */
        LENIENT_REPAIR,
        /** Not a byte is written. */
        READ_ONLY
    }

    private Database(Path path, Mode mode) throws RocksDBException {
        NativeLibrary.load(path);
        try {
            cache = own(new LRUCache(DatabaseOptions.CACHE_BYTES));
            bloom = own(new BloomFilter(10));
            DBOptions options = own(DatabaseOptions.of(mode));
            List<ColumnFamilyDescriptor> descriptors = descriptors(path, mode);
            rocks = mode == Mode.READ_ONLY
                    ? RocksDB.openReadOnly(options, path.toString(), descriptors, handles)
                    : RocksDB.open(options, path.toString(), descriptors, handles);
            for (int i = 0; i < descriptors.size(); i++) {
                families.put(new String(descriptors.get(i).getName(), UTF_8), handles.get(i));
            }
            meta = newestMeta();
            generations = generationsFound();
        } catch (RocksDBException e) {
            closeNatives();
            throw e;
        }
    }

    /** Opens it; replays what was in the write-ahead log. */
    static Database open(Path path, Mode mode) throws RocksDBException {
        return new Database(path, mode);
    }

    /** Opens it, created when missing. */
    static Database open(Path path) throws RocksDBException {
        return open(path, Mode.NEW);
    }

    /** Opens it without writing a byte. */
    static Database openReadOnly(Path path) throws RocksDBException {
        return open(path, Mode.READ_ONLY);
    }

    private List<ColumnFamilyDescriptor> descriptors(Path path, Mode mode) throws RocksDBException {
        Set<String> names = new LinkedHashSet<>(FAMILIES);
        if (Files.exists(path.resolve("CURRENT"))) {
            try (Options options = new Options()) {
                for (byte[] name : RocksDB.listColumnFamilies(options, path.toString())) {
                    names.add(new String(name, UTF_8));
                }
            }
        }
        long newest = names.stream().mapToLong(Database::fromOf).max().orElse(0);
        long newestMeta = names.stream().mapToLong(Database::numberOfMeta).max().orElse(0);
        boolean isRepair = mode == Mode.REPAIR || mode == Mode.LENIENT_REPAIR;
        return names.stream()
                .map(name -> {
                    boolean isOldEvents = fromOf(name) >= 0 && fromOf(name) < newest;
                    boolean isOldMeta =
                            (name.equals("default") || name.startsWith(META)) && numberOfMeta(name) < newestMeta;
                    return descriptor(name, isRepair || isOldEvents || isOldMeta);
                })
                .toList();
    }

    /** From which offset on a family has events; -1 when it has none. */
    private static long fromOf(String name) {
        if (name.startsWith(EVENTS)) {
            return Long.parseLong(name.substring(EVENTS.length()));
        }
        return name.equals("events") ? 0 : -1;
    }

    /** A replacement counts from when it has something. */
    private ColumnFamilyHandle newestMeta() {
        List<String> replacements = families.keySet().stream()
                .filter(name -> name.startsWith(META))
                .sorted(comparingLong(Database::numberOfMeta).reversed())
                .toList();
        for (String name : replacements) {
            if (hasHead(familyNamed(name))) {
                return familyNamed(name);
            }
        }
        return handles.get(0);
    }

    private boolean hasHead(ColumnFamilyHandle family) {
        try {
            return rocks.get(family, Keys.HEAD) != null;
        } catch (RocksDBException e) {
            return true; // it has something, damaged as it is
        }
    }

    private static long numberOfMeta(String name) {
        return name.startsWith(META) ? Long.parseLong(name.substring(META.length())) : 0;
    }

    private List<Generation> generationsFound() {
        return families.entrySet().stream()
                .filter(family -> fromOf(family.getKey()) >= 0)
                .map(family -> new Generation(fromOf(family.getKey()), family.getValue()))
                .sorted(comparingLong(Generation::from))
                .toList();
    }

    private ColumnFamilyDescriptor descriptor(String name, boolean isCompactionOff) {
        return new ColumnFamilyDescriptor(
                name.getBytes(UTF_8),
                own(DatabaseOptions.ofFamily(name, fromOf(name) >= 0, cache, bloom))
                        .setDisableAutoCompactions(isCompactionOff));
    }

    private <T extends AutoCloseable> T own(T object) {
        natives.push(object);
        return object;
    }

    RocksDB rocks() {
        return rocks;
    }

    ColumnFamilyHandle meta() {
        return meta;
    }

    /** The family of new events. */
    ColumnFamilyHandle events() {
        return generations.get(generations.size() - 1).family();
    }

    /** The family that has, or had, the event at an offset. */
    ColumnFamilyHandle events(long offset) {
        return familyOf(generations, offset);
    }

    static ColumnFamilyHandle familyOf(List<Generation> generations, long offset) {
        int index = generations.size() - 1;
        while (index > 0 && generations.get(index).from() > offset) {
            index--;
        }
        return generations.get(index).family();
    }

    /** Oldest first, at least one. */
    List<Generation> generations() {
        return generations;
    }

    ColumnFamilyHandle topics() {
        return familyNamed("topics");
    }

    ColumnFamilyHandle expiry() {
        return familyNamed("expiry");
    }

    ColumnFamilyHandle idempotency() {
        return familyNamed("idempotency");
    }

    ColumnFamilyHandle aliases() {
        return familyNamed("aliases");
    }

    ColumnFamilyHandle trimmed() {
        return familyNamed("trimmed");
    }

    ColumnFamilyHandle trimmedOrder() {
        return familyNamed("trimmed-order");
    }

    /** Whether a family of events, or of what the log says of itself, still is written to. */
    boolean isCurrent(String name) {
        ColumnFamilyHandle family = families.get(name);
        return events().equals(family) || meta.equals(family);
    }

    // ---- repairing, before others have it

    /** Begins a generation of events; those before are not compacted any more. */
    void beginGeneration(long from) throws RocksDBException {
        if (generations.get(generations.size() - 1).from() < from) {
            create(EVENTS + from);
            generations = generationsFound();
        }
    }

    /** Begins another family for what {@link #meta()} has, which is empty. */
    void replaceMeta() throws RocksDBException {
        long newest = families.keySet().stream()
                .mapToLong(Database::numberOfMeta)
                .max()
                .orElse(0);
        meta = create(META + (newest + 1));
    }

    /** Empties a family without reading it. */
    void recreate(String name) throws RocksDBException {
        rocks.dropColumnFamily(familyNamed(name));
        create(name);
    }

    private ColumnFamilyHandle familyNamed(String name) {
        return Objects.requireNonNull(families.get(name));
    }

    private ColumnFamilyHandle create(String name) throws RocksDBException {
        ColumnFamilyHandle created = rocks.createColumnFamily(descriptor(name, true));
        handles.add(created);
        families.put(name, created);
        return created;
    }

    /** Lets everything be compacted but what is damaged. */
    void startCompactions() throws RocksDBException {
        List<ColumnFamilyHandle> sound = new ArrayList<>();
        for (Map.Entry<String, ColumnFamilyHandle> family : families.entrySet()) {
            boolean isMeta =
                    family.getKey().equals("default") || family.getKey().startsWith(META);
            boolean isCurrent = isMeta
                    ? family.getValue().equals(meta)
                    : fromOf(family.getKey()) < 0 || family.getValue().equals(events());
            if (isCurrent) {
                sound.add(family.getValue());
            }
        }
        rocks.enableAutoCompaction(sound);
    }

    /** Drops the generations of which all is below {@code oldest}. Readers that have one keep it. */
    void dropGenerations(long oldest) throws RocksDBException {
        while (generations.size() > 1 && generations.get(1).from() <= oldest) {
            ColumnFamilyHandle dropped = generations.get(0).family();
            generations = generations.subList(1, generations.size());
            rocks.dropColumnFamily(dropped);
        }
    }

    /** Nobody may be using it any more, nor any iterator of it. */
    @Override
    public void close() {
        rocks.cancelAllBackgroundWork(true);
        handles.forEach(ColumnFamilyHandle::close);
        rocks.close();
        closeNatives();
    }

    private void closeNatives() {
        while (!natives.isEmpty()) {
            try {
                natives.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(e); // options and caches declare none
            }
        }
    }
}
