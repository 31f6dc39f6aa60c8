package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.stream.MemoryBudget.Hold;
import dev.belfry.stream.MemoryBudget.Use;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The frames of one dispatch: each event is encoded once for a format, however many groups it goes to. */
final class FrameCache implements AutoCloseable {
    /** Larger frames are shared by all groups as they are; smaller ones are copied behind each other, for fewer writes. */
    private static final int MAX_COPIED_BYTES = 16 << 10;

    private static final int RUN_BYTES = 64 << 10;

    private final Map<StreamFormat, Map<Event, ByteBuf>> frames = new HashMap<>();

    private final MemoryBudget budget;

    FrameCache(MemoryBudget budget) {
        this.budget = budget;
    }

    private ByteBuf frame(Event event, StreamFormat format) {
        return frames.computeIfAbsent(format, f -> new IdentityHashMap<>())
                .computeIfAbsent(event, e -> encode(e, format));
    }

    /** Small frames are not counted: of a dispatch no more than a slice of its turn can wait in a channel. */
    private ByteBuf encode(Event event, StreamFormat format) {
        List<Event> one = List.of(event);
        if (ChunkRoom.useOf(Framing.sizeEstimate(one)) != Use.LARGE_CHUNKS) {
            return format.encode(event);
        }
        Hold room = ChunkRoom.take(budget, null, one);
        if (room == null) {
            throw new NoRoom();
        }
        return ChunkRoom.encode(format, one, room);
    }

    /**
     * The frames of events, in order, in as few buffers as is cheap. The caller releases each.
     *
     * @throws NoRoom when there is none for a large one
     */
    List<ByteBuf> run(List<Event> events, StreamFormat format) {
        if (events.size() == 1) {
            return List.of(frame(events.get(0), format).retainedSlice());
        }
        List<ByteBuf> run = new ArrayList<>(1);
        try {
            copy(events, format, run);
            return run;
        } catch (RuntimeException | Error e) {
            run.forEach(ByteBuf::release);
            throw e;
        }
    }

    private void copy(List<Event> events, StreamFormat format, List<ByteBuf> run) {
        ByteBuf open = null;
        for (Event event : events) {
            ByteBuf frame = frame(event, format);
            int size = frame.readableBytes();
            if (size > MAX_COPIED_BYTES) {
                run.add(frame.retainedSlice());
                open = null;
                continue;
            }
            if (open == null || open.writableBytes() < size) {
                open = ByteBufAllocator.DEFAULT.directBuffer(RUN_BYTES, RUN_BYTES);
                run.add(open);
            }
            open.writeBytes(frame, frame.readerIndex(), size);
        }
    }

    /** Releases the frames; a run that was given out holds its own. */
    @Override
    public void close() {
        frames.values().forEach(byEvent -> byEvent.values().forEach(ByteBuf::release));
    }
}
