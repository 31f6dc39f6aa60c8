package dev.belfry.server;

/** The entry point of {@code belfry.jar}. */
final class Belfry {

    private Belfry() {}

    public static void main(String[] arguments) {
        System.err.println("belfry: there is nothing to run yet");
        System.exit(1);
    }
}
