package dev.belfry.mercure;

import dev.belfry.TopicSelector;
import dev.belfry.wire.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the claims of either version allow: {@code mercure} of 0.x, {@code authorization_details} of 1.0. They mean the same on every
 * door, and add up.
 */
public final class MercureGrants {
    static final String DETAILS = "authorization_details";
    static final String DETAIL_TYPE = "https://mercure.rocks/authorization-detail";
    private static final List<String> CLAIMS_V0 = List.of("mercure", "https://mercure.rocks/");
    private static final int MAX_SELECTORS = 1000;

    /** So that no token makes each event dear to match. */
    static final int MAX_STEPS = 16_384;

    private final UrlSpelling spelling;

    /** Patterns resolve against the hub's URL. */
    public MercureGrants(MercureSettings settings) {
        spelling = settings.spelling();
    }

    /** What a token allows. */
    public record Allowed(Set<TopicSelector> publish, Set<TopicSelector> subscribe) {}

    /** A detail of 1.0, or the claim of 0.x. */
    private record Grant(
            Set<String> actions,
            List<Match> matches,
            @Nullable Object payload) {}

    /**
     * Reads the claims.
     *
     * @throws Problem when one is there and breaks a rule
     */
    public Allowed read(Map<String, ? extends @Nullable Object> claims) {
        List<Grant> grants = grants(claims);
        return new Allowed(selectors(grants, "publish"), selectors(grants, "subscribe"));
    }

    /** What a token says of a subscription; null when it says nothing. */
    @Nullable
    Object payload(Map<String, ? extends @Nullable Object> claims, Match match) {
        for (Grant grant : grants(claims)) {
            boolean isMeant = grant.actions.contains("subscribe")
                    && (match.type() == Match.Type.TEMPLATE
                            || grant.matches.stream().anyMatch(g -> covers(g, match)));
            if (isMeant && grant.payload != null) {
                return grant.payload;
            }
        }
        return null;
    }

    /** Whether a grant matches what a subscription is spelled like. */
    private static boolean covers(Match grant, Match match) {
        if (grant.value().equals("*") || grant.value().equals(match.value())) {
            return true;
        }
        return grant.selector().isPresent()
                && Topics.of(match.value())
                        .filter(grant.selector().get()::matches)
                        .isPresent();
    }

    private static Set<TopicSelector> selectors(List<Grant> grants, String action) {
        Set<TopicSelector> selectors = new HashSet<>();
        grants.stream()
                .filter(grant -> grant.actions.contains(action))
                .flatMap(grant -> grant.matches.stream())
                .map(Match::selector)
                .flatMap(Optional::stream)
                .forEach(selectors::add);
        if (selectors.stream().mapToLong(TopicSelector::stepsPerCharacter).sum() > MAX_STEPS) {
            throw malformed("its selectors take too much to match");
        }
        return selectors;
    }

    private List<Grant> grants(Map<String, ? extends @Nullable Object> claims) {
        List<Grant> grants = new ArrayList<>();
        for (String claim : CLAIMS_V0) {
            if (claims.get(claim) instanceof Map<?, ?> mercure) {
                for (String action : List.of("publish", "subscribe")) {
                    List<Match> matches = new ArrayList<>();
                    strings(mercure.get(action)).forEach(value -> matches.add(read(() -> Match.template(value))));
                    grants.add(new Grant(Set.of(action), matches, mercure.get("payload")));
                }
            } else if (claims.containsKey(claim)) {
                throw malformed("its claim " + claim + " is not an object");
            }
        }
        if (claims.get(DETAILS) instanceof List<?> details) {
            bounded(details).stream()
                    .filter(detail -> detail instanceof Map<?, ?> map && DETAIL_TYPE.equals(map.get("type")))
                    .forEach(detail -> grants.add(detail((Map<?, ?>) detail)));
        } else if (claims.containsKey(DETAILS)) {
            throw malformed("its authorization_details are not an array");
        }
        return grants;
    }

    private Grant detail(Map<?, ?> detail) {
        Set<String> actions = new HashSet<>(strings(detail.get("actions")));
        Object topics = detail.get("topics");
        if (!(topics instanceof List<?> list) || list.isEmpty() || actions.isEmpty()) {
            throw malformed("a detail has actions and topics");
        }
        Object payload = detail.get("payload");
        if (payload != null && !(payload instanceof Map<?, ?>)) {
            throw malformed("a payload is an object");
        }
        List<Match> matches = new ArrayList<>();
        bounded(list).forEach(topic -> matches.add(topic(topic)));
        return new Grant(actions, matches, payload);
    }

    private Match topic(@Nullable Object topic) {
        if (!(topic instanceof Map<?, ?> map) || !(map.get("match") instanceof String value)) {
            throw malformed("a topic is an object with a match");
        }
        Object type = map.containsKey("match_type") ? map.get("match_type") : "exact";
        if ("exact".equals(type)) {
            return read(() -> Match.exact(value));
        }
        if ("urlpattern".equals(type)) {
            return read(() -> Match.urlPattern(value, spelling));
        }
        throw malformed("a match_type is exact or urlpattern");
    }

    private static List<String> strings(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw malformed("an array is missing");
        }
        List<String> strings = new ArrayList<>();
        for (Object one : bounded(list)) {
            if (!(one instanceof String text)) {
                throw malformed("an array has something else than strings");
            }
            strings.add(text);
        }
        return strings;
    }

    private static List<?> bounded(List<?> list) {
        if (list.size() > MAX_SELECTORS) {
            throw malformed("an array is too long");
        }
        return list;
    }

    /** What would be a bad request of a subscriber is a bad token here. */
    private static Match read(java.util.function.Supplier<Match> match) {
        try {
            return match.get();
        } catch (Problem e) {
            throw malformed("a selector is not valid");
        }
    }

    private static Problem malformed(String why) {
        return new Problem(401, Refusals.INVALID_TOKEN, "the token is not accepted: " + why);
    }
}
