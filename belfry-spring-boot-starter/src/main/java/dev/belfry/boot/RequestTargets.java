package dev.belfry.boot;

import reactor.netty.http.HttpOperations;

/** Whether Reactor Netty can make a path of a request's target; where it cannot, it logs the whole request. */
final class RequestTargets {
    private RequestTargets() {}

    static boolean hasPath(CharSequence target) {
        return isPlain(target) || isResolved(target.toString());
    }

    /** The usual case needs no parser. */
    private static boolean isPlain(CharSequence target) {
        if (target.isEmpty() || target.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '?') {
                return true;
            }
            if (!isPlain(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= '9') || c == '_';
    }

    private static boolean isResolved(String target) {
        try {
            return HttpOperations.resolvePath(target) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
