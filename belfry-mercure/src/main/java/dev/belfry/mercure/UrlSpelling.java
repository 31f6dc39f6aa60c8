package dev.belfry.mercure;

import dev.belfry.Topic;
import dev.belfry.TopicForm;
import org.jspecify.annotations.Nullable;

/** Topics as URLs, resolved against the hub's. Remembers the last one, for one topic is asked for by many selectors. */
final class UrlSpelling implements TopicForm {
    private final Url hub;
    private volatile @Nullable Resolved last;

    /** @param url null when the topic is no URL */
    private record Resolved(
            Topic topic, @Nullable Url url, @Nullable String spelling) {}

    UrlSpelling(Url hub) {
        this.hub = hub;
    }

    Url hub() {
        return hub;
    }

    /** The topic as a URL; null when it is none. */
    @Nullable
    Url url(Topic topic) {
        return resolved(topic).url;
    }

    @Override
    public @Nullable String of(Topic topic) {
        return resolved(topic).spelling;
    }

    private Resolved resolved(Topic topic) {
        Resolved known = last;
        if (known == null || !known.topic.equals(topic)) {
            Url url = UrlReader.read(topic.name(), hub);
            known = new Resolved(topic, url, url == null ? null : url.spelling());
            last = known;
        }
        return known;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof UrlSpelling other && hub.equals(other.hub);
    }

    @Override
    public int hashCode() {
        return hub.hashCode();
    }
}
