package dev.belfry.attack.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All connections of an attack, on the thread that calls. Those that were {@linkplain #gather gathered} come back within a
 * second when the server ends them, as a stubborn client does.
 */
public final class Crowd implements AutoCloseable {
    private static final long RETURN_NANOS = 1_000_000_000;

    private final int port;
    private final Selector selector;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(64 << 10);
    private final List<Place> places = new ArrayList<>();
    private long returnAtNanos = System.nanoTime() + RETURN_NANOS;
    private int returns;

    /** Somebody who is always there. */
    private static final class Place {
        private final boolean reads;
        private final Consumer<Stranger> begin;
        private Stranger stranger;

        private Place(boolean reads, Consumer<Stranger> begin, Stranger stranger) {
            this.reads = reads;
            this.begin = begin;
            this.stranger = stranger;
        }
    }

    Crowd(int port) throws IOException {
        this.port = port;
        selector = Selector.open();
    }

    /** One that reads what comes. */
    public Stranger open() throws IOException {
        return open(true);
    }

    private Stranger open(boolean reads) throws IOException {
        return new Stranger(port, reads, selector);
    }

    /**
     * Connections that read what comes, and forget it.
     *
     * @param begin what each does first
     */
    public List<Stranger> gather(int count, Consumer<Stranger> begin) throws IOException {
        return gather(count, true, begin);
    }

    /** Connections that read nothing. */
    public List<Stranger> gatherDeaf(int count, Consumer<Stranger> begin) throws IOException {
        return gather(count, false, begin);
    }

    private List<Stranger> gather(int count, boolean reads, Consumer<Stranger> begin) throws IOException {
        int before = places.size();
        for (int i = 0; i < count; i++) {
            places.add(new Place(reads, begin, open(reads)));
            begin.accept(places.get(before + i).stranger);
        }
        return strangers().subList(before, before + count);
    }

    /** Those who were gathered, as they are now. */
    public List<Stranger> strangers() {
        return places.stream().map(place -> place.stranger).toList();
    }

    /** How often a connection was opened again because the server had ended it. */
    public int returns() {
        return returns;
    }

    /** Sends and reads for so long. */
    public void run(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            selector.select(Math.max(1, Math.min(100, (end - now) / 1_000_000)));
            handleReady();
            if (System.nanoTime() >= returnAtNanos) {
                returnAtNanos = System.nanoTime() + RETURN_NANOS;
                returnTheLost();
            }
        }
    }

    private void handleReady() {
        Set<SelectionKey> ready = selector.selectedKeys();
        for (SelectionKey key : ready) {
            if (key.isValid() && key.attachment() instanceof Stranger stranger) {
                stranger.ready(scratch);
            }
        }
        ready.clear();
    }

    private void returnTheLost() throws IOException {
        for (Place place : places) {
            if (!place.stranger.isOpen()) {
                place.stranger = open(place.reads);
                place.begin.accept(place.stranger);
                returns++;
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (!selector.isOpen()) {
            return;
        }
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof Stranger stranger) {
                stranger.close();
            }
        }
        selector.close();
    }
}
