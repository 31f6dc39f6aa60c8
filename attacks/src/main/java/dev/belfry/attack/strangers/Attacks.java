package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import java.util.List;

/** All attacks, in the order in which they are made. */
public final class Attacks {
    private Attacks() {}

    public static List<Attack> all() {
        return List.of(
                new UnreadPolls(),
                new PipelinedPolls(),
                new Http2WindowZero(),
                new Http2TinyWindows(),
                new UnreadStreams("unread-streams", Requests.SSE),
                new UnreadStreams("unread-ndjson", Requests.NDJSON),
                new WebSocketPatterns(),
                new DeepPatterns(),
                new Wildcards(),
                new WildcardPolls(),
                new UnfinishedMessages(),
                new SlowBodies(),
                new JsonBombs(),
                new SlowHeads(),
                new HugeHeads(),
                new ConnectionFlood(),
                new Http2Resets(),
                new Http2EndlessHeads(),
                new WebSocketPings(),
                new LogFlood(),
                new ForeignHosts(),
                new FewDescriptors(),
                OutrunRetention.byBytes(),
                OutrunRetention.byTtl(),
                new DamagedFile(),
                new DeletedDirectory());
    }

    /** The one of that name. */
    public static Attack named(String name) {
        return all().stream()
                .filter(attack -> attack.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown attack " + name));
    }
}
