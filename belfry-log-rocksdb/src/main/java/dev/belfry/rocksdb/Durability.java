package dev.belfry.rocksdb;

/** What an answered publication has outlived. */
public enum Durability {
    /** Synced to the disk before the answer: it outlives the machine's power. The default. */
    FSYNC,
    /** Handed to the operating system: it outlives the process, not the machine. */
    OS
}
