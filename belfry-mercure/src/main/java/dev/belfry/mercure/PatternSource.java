package dev.belfry.mercure;

import dev.belfry.mercure.PatternToken.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which part of a URL Pattern stands for which part of a URL: the constructor string parser of the URL Pattern Standard, in
 * the Standard's own order.
 */
final class PatternSource {
    /** What it is reading, before, between and behind the parts. */
    private enum State {
        INIT,
        PROTOCOL,
        AUTHORITY,
        USERNAME,
        PASSWORD,
        HOSTNAME,
        PORT,
        PATHNAME,
        SEARCH,
        HASH,
        DONE
    }

    private final String pattern;
    private final List<PatternToken> tokens;
    private final Map<UrlPart, String> parts = new EnumMap<>(UrlPart.class);
    private State state = State.INIT;
    private int index;
    private int increment;
    private int begin;
    private int groupDepth;
    private int bracketDepth;
    private boolean isSpecial;

    private PatternSource(String pattern) {
        this.pattern = pattern;
        tokens = PatternTokens.of(pattern, true);
    }

    /** The patterns of the parts that it names. */
    static Map<UrlPart, String> parts(String pattern) {
        PatternSource source = new PatternSource(pattern);
        source.read();
        return source.parts;
    }

    private void read() {
        for (; index < tokens.size(); index += increment) {
            increment = 1;
            if (token().is(Kind.END)) {
                if (end()) {
                    break;
                }
            } else if (!isInGroup()) {
                readPart();
            }
        }
        if (parts.containsKey(UrlPart.HOSTNAME)) {
            parts.putIfAbsent(UrlPart.PORT, "");
        }
    }

    private PatternToken token() {
        return tokens.get(index);
    }

    private boolean isInGroup() {
        if (token().is(Kind.OPEN)) {
            groupDepth++;
            return true;
        }
        if (groupDepth > 0) {
            groupDepth -= token().is(Kind.CLOSE) ? 1 : 0;
            // what closes a group has no other meaning either
            return groupDepth > 0 || token().is(Kind.CLOSE);
        }
        return false;
    }

    /** Whether all has been read; otherwise it goes on from the beginning of a part, which it now knows. */
    private boolean end() {
        if (state == State.INIT) {
            rewind();
            if (isPlain("#")) {
                change(State.HASH, 1);
            } else if (isSearch()) {
                change(State.SEARCH, 1);
            } else {
                change(State.PATHNAME, 0);
            }
            return false;
        }
        if (state == State.AUTHORITY) {
            rewindTo(State.HOSTNAME);
            return false;
        }
        change(State.DONE, 0);
        return true;
    }

    private void readPart() {
        switch (state) {
            case INIT -> {
                if (isPlain(":")) {
                    rewindTo(State.PROTOCOL);
                }
            }
            case PROTOCOL -> readProtocol();
            case AUTHORITY -> readAuthority();
            case USERNAME -> {
                if (isPlain(":")) {
                    change(State.PASSWORD, 1);
                } else if (isPlain("@")) {
                    change(State.HOSTNAME, 1);
                }
            }
            case PASSWORD -> {
                if (isPlain("@")) {
                    change(State.HOSTNAME, 1);
                }
            }
            case HOSTNAME -> readHostname();
            case PORT -> readPathOrMore();
            case PATHNAME -> readSearchOrHash();
            case SEARCH -> readHash();
            default -> {}
        }
    }

    private void readProtocol() {
        if (!isPlain(":")) {
            return;
        }
        isSpecial = PartPattern.ofProtocol(text()).matchesSpecialScheme();
        if (isPlainAt(index + 1, "/") && isPlainAt(index + 2, "/")) {
            change(State.AUTHORITY, 3);
        } else {
            change(isSpecial ? State.AUTHORITY : State.PATHNAME, 1);
        }
    }

    private void readAuthority() {
        if (isPlain("@")) {
            rewindTo(State.USERNAME);
        } else if (isPlain("/") || isSearch() || isPlain("#")) {
            rewindTo(State.HOSTNAME);
        }
    }

    private void readHostname() {
        if (isPlain("[")) {
            bracketDepth++;
        } else if (isPlain("]")) {
            bracketDepth--;
        } else if (isPlain(":") && bracketDepth == 0) {
            change(State.PORT, 1);
        } else {
            readPathOrMore();
        }
    }

    private void readPathOrMore() {
        if (isPlain("/")) {
            change(State.PATHNAME, 0);
        } else {
            readSearchOrHash();
        }
    }

    private void readSearchOrHash() {
        if (isSearch()) {
            change(State.SEARCH, 1);
        } else {
            readHash();
        }
    }

    private void readHash() {
        if (isPlain("#")) {
            change(State.HASH, 1);
        }
    }

    private boolean isPlain(String character) {
        return token().isPlain(character);
    }

    private boolean isPlainAt(int place, String character) {
        return place < tokens.size() && tokens.get(place).isPlain(character);
    }

    /** A question mark begins the query, unless it makes what stands in front of it optional. */
    private boolean isSearch() {
        if (isPlain("?")) {
            return true;
        }
        if (!token().value().equals("?") || !token().is(Kind.MODIFIER)) {
            return false;
        }
        return index == 0
                || switch (tokens.get(index - 1).kind()) {
                    case NAME, REGEXP, CLOSE, ASTERISK -> false;
                    default -> true;
                };
    }

    private void rewind() {
        index = begin;
        increment = 0;
    }

    private void rewindTo(State next) {
        rewind();
        state = next;
    }

    private String text() {
        return pattern.substring(tokens.get(begin).at(), token().at());
    }

    private void change(State next, int skip) {
        if (state != State.INIT && state != State.AUTHORITY && state != State.DONE) {
            parts.put(UrlPart.valueOf(state.name()), text());
        }
        if (state != State.INIT && next != State.DONE) {
            addMissing(next);
        }
        state = next;
        index += skip;
        begin = index;
        increment = 0;
    }

    /** What is left out between two parts is empty; what is left out behind the last may be anything. */
    private void addMissing(State next) {
        if (isBetween(State.PROTOCOL, state, State.PASSWORD) && isBetween(State.PORT, next, State.HASH)) {
            parts.putIfAbsent(UrlPart.HOSTNAME, "");
        }
        if (isBetween(State.PROTOCOL, state, State.PORT) && isBetween(State.SEARCH, next, State.HASH)) {
            parts.putIfAbsent(UrlPart.PATHNAME, isSpecial ? "/" : "");
        }
        if (isBetween(State.PROTOCOL, state, State.PATHNAME) && next == State.HASH) {
            parts.putIfAbsent(UrlPart.SEARCH, "");
        }
    }

    private static boolean isBetween(State first, State state, State last) {
        return state.compareTo(first) >= 0 && state.compareTo(last) <= 0;
    }
}
