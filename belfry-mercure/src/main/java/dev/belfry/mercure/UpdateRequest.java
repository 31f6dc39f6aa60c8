package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Topic;
import dev.belfry.wire.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the form of a publisher says, by the rules of each version. */
final class UpdateRequest {
    /** What a subscriber assumes when an update has no type. */
    private static final String NO_TYPE = "message";

    private final Form form;
    private final MercureCaller caller;
    private final UrlSpelling spelling;

    UpdateRequest(Form form, MercureCaller caller, UrlSpelling spelling) {
        this.form = form;
        this.caller = caller;
        this.spelling = spelling;
    }

    private boolean isV1() {
        return caller.version() == MercureVersion.V1;
    }

    /**
     * One publication of one update.
     *
     * @throws Problem when it breaks a rule, or the caller may not publish to one of its topics
     */
    Publication toPublication() {
        checkRetry();
        Notification notification = new Notification(topics(), type(), data(), !form.has("private"), null, id());
        Publication publication = new Publication(List.of(notification), null);
        if (!caller.permissions().mayPublish(notification)) {
            throw Refusals.notAllowed(caller, "publishing to one of the topics");
        }
        return publication;
    }

    private List<Topic> topics() {
        List<String> names = new ArrayList<>(new LinkedHashSet<>(form.all("topic")));
        if (names.isEmpty()) {
            throw Problem.badRequest("missing-topic", "Missing \"topic\" parameter.");
        }
        names.forEach(this::checkTopic);
        return names.stream().map(Topic::new).toList();
    }

    private void checkTopic(String name) {
        if (isV1()) {
            MercureText.check("invalid-topic", "a topic", name);
            if (isOfHub(name)) {
                throw Problem.badRequest("reserved-topic", "topics of the hub's own path are the hub's");
            }
        } else if (name.contains(MercureSettings.PATH)) {
            throw new Problem(403, "reserved-topic", "topics of the hub's own path are the hub's");
        }
    }

    private boolean isOfHub(String name) {
        Url url = UrlReader.read(name, spelling.hub());
        if (url == null || url.isOpaque()) {
            return false;
        }
        String path = new String(UrlCodec.decode(url.pathname()), UTF_8);
        return path.equals(MercureSettings.PATH) || path.startsWith(MercureSettings.PATH + '/');
    }

    private Data data() {
        List<String> data = form.all("data");
        return Data.text(data.isEmpty() ? "" : data.get(0));
    }

    private String type() {
        String type = form.value("type");
        if (type == null) {
            return NO_TYPE;
        }
        if (isV1()) {
            MercureText.check("invalid-event", "a type", type);
            if (type.equals("mercure")) {
                throw Problem.badRequest("reserved-event", "the type mercure is the hub's");
            }
        }
        return type;
    }

    private @Nullable String id() {
        String id = form.value("id");
        if (id == null) {
            return null;
        }
        if (id.startsWith("#") || (isV1() && id.equals("earliest"))) {
            throw Problem.badRequest("invalid-alias", "an id does not begin with #, and is not earliest");
        }
        if (isV1()) {
            MercureText.check("invalid-alias", "an id", id);
        }
        return id;
    }

    /** It must be right, and is not used: when to come back is for the server to say, or one publisher could call all at once. */
    private void checkRetry() {
        String retry = form.value("retry");
        if (retry != null && (retry.length() > 18 || !retry.chars().allMatch(c -> c >= '0' && c <= '9'))) {
            throw Problem.badRequest("invalid-retry", "Invalid \"retry\" parameter.");
        }
    }
}
