package dev.korm.wal.run;

import java.io.IOException;
import java.time.Duration;

/** Another program has taken the log of this run, which it took for over. */
public final class TakenOverException extends IOException {
    private static final long serialVersionUID = 1L;

    public TakenOverException(Duration lease) {
        super("this run did not show for " + lease.toSeconds()
                + " s that it lives, so another program has taken its log, and finishes what it had decided");
    }
}
