package dev.korm.gateway.kafka;

import dev.korm.KormException;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import java.util.List;
import java.util.function.UnaryOperator;

/** A subscriber whose events are told without what the policy hides. What is hidden in binary form cannot be taken out, and is not told. */
record Hiding(Subscriber inner, UnaryOperator<String> without) implements Subscriber {
    @Override
    public void snapshot(long version, List<Row> rows) {
        inner.snapshot(version, rows);
    }

    @Override
    public void change(long version, RowEvent event) {
        inner.change(version, RowEvent.made(without.apply(event.json()), event.isFollowed()));
    }

    @Override
    public void interrupted() {
        inner.interrupted();
    }

    @Override
    public void page(long version, byte[] diff) {
        // Its layout is the stream processor's.
    }

    @Override
    public void failed(KormException failure) {
        inner.failed(failure);
    }

    @Override
    public boolean isSlow() {
        return inner.isSlow();
    }
}
