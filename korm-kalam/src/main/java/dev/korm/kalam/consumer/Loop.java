package dev.korm.kalam.consumer;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A loop of polls: whether it is to stop, its waits, the place from which it would begin anew, and which message comes next.
 *
 * <p>The server hands each message out once, until it is acknowledged or its claim is over. Where a poll was answered and the answer lost, the next one gets what
 * lies behind; to acknowledge that would acknowledge what nobody has seen. So a loop is in doubt after such a poll, and takes nothing behind a gap. It begins
 * in doubt too, where it is known which message comes first: a consumer that died may have claimed it.
 */
final class Loop {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private final ConsumeRequest request;
    private boolean isStopped;
    private long resume = -1;
    private long expected = -1;
    private boolean isInDoubt;
    private boolean isPlaced;

    Loop(ConsumeRequest request) {
        this.request = request;
    }

    boolean isStopped() {
        lock.lock();
        try {
            return isStopped || Thread.currentThread().isInterrupted();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            isStopped = true;
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless it is stopped. */
    void pause(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && !isStopped) {
                left = stopped.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the next poll. The server's memory of a group comes first; where that is lost, it begins at the first message that is not acknowledged. */
    ConsumeRequest next() {
        return resume < 0 ? request : request.start(Start.offset(resume));
    }

    void seen(long offset) {
        resume = resume < 0 ? offset : resume;
    }

    void acknowledged(long offset) {
        resume = Math.max(resume, offset + 1);
    }

    /** Tells whether it was found out which message is to come first. */
    boolean isPlaced() {
        return isPlaced;
    }

    /** Has the first message be this one, unless it is gone; any, where that is not known. */
    void place(OptionalLong first) {
        isPlaced = true;
        first.ifPresent(offset -> {
            expected = offset;
            isInDoubt = true;
        });
    }

    /** Notes that the server may have handed out messages that have not come here. */
    void lost() {
        isInDoubt = true;
    }

    /** Tells whether messages may be claimed that come before these. */
    boolean isGapBefore(ConsumeBatch batch) {
        return isInDoubt
                && !batch.messages().isEmpty()
                && (expected < 0 || batch.messages().get(0).offset() > expected);
    }

    /** Notes that claims are over, so what is still missing has been deleted. */
    void claimsAreOver() {
        isInDoubt = false;
    }

    /** Notes what has come. */
    void took(ConsumeBatch batch) {
        if (batch.messages().isEmpty()) {
            return;
        }
        long end = batch.messages().get(batch.messages().size() - 1).offset() + 1;
        // Older messages that come again say nothing of those that were expected.
        isInDoubt &= end <= expected;
        expected = Math.max(expected, end);
    }
}
