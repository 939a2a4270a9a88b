package dev.korm.gateway.server;

import java.util.concurrent.atomic.LongAdder;

/** Counts what goes over all connections. Safe for many threads. */
final class Traffic {
    final LongAdder received = new LongAdder();
    final LongAdder limited = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder overflows = new LongAdder();
}
