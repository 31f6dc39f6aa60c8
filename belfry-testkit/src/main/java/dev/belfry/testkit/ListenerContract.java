package dev.belfry.testkit;

import static dev.belfry.testkit.LogProbe.AMPLE;
import static dev.belfry.testkit.LogProbe.append;
import static dev.belfry.testkit.LogProbe.get;
import static dev.belfry.testkit.LogProbe.readAll;
import static dev.belfry.testkit.NumberedEvents.notification;
import static dev.belfry.testkit.NumberedEvents.notifications;
import static dev.belfry.testkit.NumberedEvents.positions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Registration;
import dev.belfry.testkit.LogProbe.Gate;
import dev.belfry.testkit.LogProbe.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What commit listeners are told. */
interface ListenerContract extends LogUnderTest {
    @Test
    default void aListenerIsToldFromTheNextCommitOn() {
        EventLog log = openLog();
        append(log, notification("a", "before", 0));
        Recorder recorder = new Recorder();
        log.onCommit(recorder);

        Receipt receipt = append(log, notification("a", "after", 0));

        assertThat(positions(recorder.events())).containsExactly(receipt.first());
    }

    @Test
    default void aListenerThatThrowsHoldsUpNeitherTheLogNorTheOthers() {
        EventLog log = openLog();
        log.onCommit(events -> {
            throw new IllegalStateException("thrown on purpose");
        });
        log.onCommit(events -> {
            throw new OutOfMemoryError("thrown on purpose, as Netty does without direct memory");
        });
        Recorder recorder = new Recorder();
        log.onCommit(recorder);

        append(log, notification("a", "p", 0));
        append(log, notification("a", "p", 1));

        assertThat(recorder.events()).hasSize(2).isEqualTo(readAll(log));
    }

    @Test
    default void theReceiptOfABatchNamesEachPositionAndTheListenerSeesItWhole() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        append(log, notification("a", "other", 0));

        Receipt receipt = append(log, notifications("a", "p", 0, 500));

        assertThat(receipt.count()).isEqualTo(500);
        assertThat(receipt.positions()).isEqualTo(positions(readAll(log)).subList(1, 501));
        assertThat(recorder.commits()).hasSize(2);
        assertThat(positions(recorder.commits().get(1))).isEqualTo(receipt.positions());
    }

    @Test
    default void aBatchThatWaitsWithOthersIsSeenWholeAllTheSame() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);
        Gate gate = gate(log);
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        receipts.add(log.append(Publication.of(notification("a", "first", 0))));
        gate.awaitReached();
        for (int i = 0; i < 20; i++) {
            receipts.add(log.append(Publication.of(notifications("a", "p" + i, 0, 700))));
        }
        gate.open();

        for (CompletableFuture<Receipt> receipt : receipts) {
            List<Position> batch = get(receipt).positions();
            assertThat(recorder.commits())
                    .filteredOn(commit -> positions(commit).containsAll(batch))
                    .hasSize(1);
        }
    }

    @Test
    default void anEventThatAListenerHasSeenCanBeRead() {
        EventLog log = openLog();
        List<List<Event>> seen = new CopyOnWriteArrayList<>();
        List<List<Event>> read = new CopyOnWriteArrayList<>();
        log.onCommit(events -> {
            seen.add(events);
            read.add(log.read(EventFilter.ALL, events.get(0).position().before(), AMPLE)
                    .events());
        });

        for (int i = 0; i < 20; i++) {
            append(log, notifications("a", "p" + i, 0, 1 + i % 3));
        }

        assertThat(seen).hasSize(20);
        assertThat(read).isEqualTo(seen);
    }

    @Test
    default void anEventThatWasAnsweredHasBeenShownToTheListeners() {
        EventLog log = openLog();
        Recorder recorder = new Recorder();
        log.onCommit(recorder);

        for (int i = 0; i < 100; i++) {
            Receipt receipt = append(log, notification("a", "p", i));
            assertThat(positions(recorder.events())).contains(receipt.first()).hasSize(i + 1);
        }
    }

    @Test
    default void aListenerThatIsRemovedIsToldNothingMore() {
        EventLog log = openLog();
        Recorder stays = new Recorder();
        Recorder goes = new Recorder();
        log.onCommit(stays);
        Registration registration = log.onCommit(goes);
        Registration twice = log.onCommit(goes);
        append(log, notification("a", "p", 0));

        registration.close();
        append(log, notification("a", "p", 1));
        registration.close();
        twice.close();
        append(log, notification("a", "p", 2));

        assertThat(stays.events()).hasSize(3);
        assertThat(goes.events()).extracting(NumberedEvents::number).containsExactly(0, 0, 1);
    }
}
