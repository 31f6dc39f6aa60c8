package dev.belfry;

/**
 * Is told when something that owns state cannot go on, because it is not known any more whether the state is right. A process
 * that does nothing else should end, for its supervisor to start it again: what was answered is in the log. A library never
 * ends the process by itself, so this is what an application sets up; {@code belfry.jar} ends.
 */
@FunctionalInterface
public interface FatalErrorListener {
    /** Does nothing: health is down, and publications are refused. */
    FatalErrorListener NONE = (what, cause) -> {};

    /**
     * Told once by each log and each hub, by the thread that failed, when {@link LogStatus#failed()} or {@link
     * Hub#hasFailed()} says so already and the line is in the log. Memory may have run out: it does not allocate much.
     *
     * @param what failed, e.g. {@code log writer}
     */
    void failed(String what, Throwable cause);
}
