package dev.belfry.rocksdb;

import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Publication;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** A process that appends until it is killed, and prints the position and text of what was acknowledged. */
final class Appender {
    private static final int IN_FLIGHT = 32;

    private Appender() {}

    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Durability durability = arguments.length > 1 ? Durability.valueOf(arguments[1]) : Durability.FSYNC;
        RocksDbEventLog log = RocksDbEventLog.open(Path.of(arguments[0]), LogSettings.DEFAULT, durability);
        long run = ProcessHandle.current().pid();
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        for (int i = 0; ; i++) {
            String text = run + ":" + i;
            inFlight.acquire();
            log.append(Publication.of(Notification.of("numbers", text))).thenAccept(receipt -> {
                out.println(receipt.first() + " " + text + ";");
                inFlight.release();
            });
        }
    }
}
