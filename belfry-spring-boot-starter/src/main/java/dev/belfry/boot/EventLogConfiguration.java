package dev.belfry.boot;

import dev.belfry.EventLog;
import dev.belfry.FatalErrorListener;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogListener;
import dev.belfry.LogSettings;
import dev.belfry.boot.BelfryProperties.Log;
import dev.belfry.rocksdb.Durability;
import dev.belfry.rocksdb.RocksDbEventLog;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The log on disk where its module is on the class path, else the one in memory. Spring closes it last, and so syncs it. */
final class EventLogConfiguration {
    private EventLogConfiguration() {}

    private static LogSettings settings(
            BelfryProperties properties,
            ObjectProvider<LogListener> listener,
            ObjectProvider<FatalErrorListener> fatalErrors) {
        return properties
                .toLogSettings()
                .withListener(listener.getIfUnique(() -> LogListener.NONE))
                .withFatalErrors(fatalErrors.getIfUnique(() -> FatalErrorListener.NONE));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({RocksDB.class, RocksDbEventLog.class})
    @ConditionalOnMissingBean(EventLog.class)
    @ConditionalOnProperty(name = "belfry.log.type", havingValue = "rocksdb", matchIfMissing = true)
    static final class OnDisk {
        @Bean
        RocksDbEventLog belfryEventLog(
                BelfryProperties properties,
                ObjectProvider<LogListener> listener,
                ObjectProvider<FatalErrorListener> fatalErrors) {
            Log log = properties.log();
            Durability durability = Durability.valueOf(log.durability().name());
            return RocksDbEventLog.open(log.directory(), settings(properties, listener, fatalErrors), durability);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(EventLog.class)
    static final class InMemory {
        private static final Logger logger = LoggerFactory.getLogger(InMemory.class);

        @Bean
        InMemoryEventLog belfryEventLog(
                BelfryProperties properties,
                ObjectProvider<LogListener> listener,
                ObjectProvider<FatalErrorListener> fatalErrors) {
            if (properties.log().type() == Log.Type.ROCKSDB) {
                throw new FailureAnalyzedException(
                        "belfry.log.type is rocksdb, and belfry-log-rocksdb is not on the class path.",
                        "Add dev.belfry:belfry-log-rocksdb to the application, or set belfry.log.type=memory.");
            }
            logger.warn("Events are kept in memory only: they are gone when this process ends");
            return new InMemoryEventLog(settings(properties, listener, fatalErrors));
        }
    }
}
