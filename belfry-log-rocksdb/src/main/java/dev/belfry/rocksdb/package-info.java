/** The embedded durable log, on RocksDB. */
@NullMarked
package dev.belfry.rocksdb;

import org.jspecify.annotations.NullMarked;
