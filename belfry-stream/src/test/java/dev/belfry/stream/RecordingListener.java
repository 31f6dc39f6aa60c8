package dev.belfry.stream;

import dev.belfry.Gap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what happens to streams. */
final class RecordingListener implements StreamListener {
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** Runs at each delivery. */
    volatile Runnable onDelivered = () -> {};

    /** Runs when a stream falls behind. */
    volatile Runnable onBehind = () -> {};

    @Override
    public void joined(StreamFormat format) {
        calls.add("joined");
    }

    @Override
    public void left(StreamFormat format, boolean wasLive, LeaveCause cause) {
        calls.add((wasLive ? "live left " : "behind left ") + cause);
    }

    @Override
    public void behind(StreamFormat format) {
        calls.add("behind");
        onBehind.run();
    }

    @Override
    public void live(StreamFormat format) {
        calls.add("live");
    }

    @Override
    public void delivered(StreamFormat format, int events, int streams) {
        calls.add("delivered " + events + " to " + streams);
        onDelivered.run();
    }

    @Override
    public void replayed(StreamFormat format, int events) {
        calls.add("replayed " + events);
    }

    @Override
    public void gap(Gap.Reason reason) {
        calls.add("gap " + reason.code());
    }

    @Override
    public void stalled(StreamFormat format) {
        calls.add("stalled");
    }
}
