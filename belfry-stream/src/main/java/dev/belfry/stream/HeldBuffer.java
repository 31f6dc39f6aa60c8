package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;

/**
 * A buffer that counts in a budget until the last of those that share it, slices included, has released it: this is when its channel
 * has written it, or is closed.
 */
public final class HeldBuffer extends CompositeByteBuf {
    private final MemoryBudget.Hold hold;

    /** Takes over the bytes and what they hold. */
    public HeldBuffer(ByteBuf bytes, MemoryBudget.Hold hold) {
        super(bytes.alloc(), bytes.isDirect(), 1);
        this.hold = hold;
        addComponent(true, bytes);
    }

    @Override
    protected void deallocate() {
        try {
            super.deallocate();
        } finally {
            hold.close();
        }
    }
}
