package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** How many deliveries one of so many bytes counts as: 4 MB take longer than a turn has. */
final class DeliveryCost {
    /** What the kernel copies in about the time that a delivery takes. */
    private static final int BYTES_OF_A_DELIVERY = 32 << 10;

    private DeliveryCost() {}

    static int of(long bytes) {
        return 1 + (int) (bytes / BYTES_OF_A_DELIVERY);
    }

    static int of(List<ByteBuf> run) {
        long bytes = 0;
        for (ByteBuf buffer : run) {
            bytes += buffer.readableBytes();
        }
        return of(bytes);
    }
}
