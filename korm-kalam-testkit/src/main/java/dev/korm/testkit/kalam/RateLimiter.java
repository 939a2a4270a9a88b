package dev.korm.testkit.kalam;

import java.util.HashMap;
import java.util.Map;

/** A counter of requests of each user within a second. */
final class RateLimiter {
    private final int perSecond;
    private final Map<String, long[]> counts = new HashMap<>();

    RateLimiter(int perSecond) {
        this.perSecond = perSecond;
    }

    /** Counts a request; 0 means no limit. */
    synchronized boolean permits(String user) {
        if (perSecond <= 0) {
            return true;
        }
        long second = System.currentTimeMillis() / 1000;
        long[] counted = counts.computeIfAbsent(user, first -> new long[] {second, 0});
        if (counted[0] != second) {
            counted[0] = second;
            counted[1] = 0;
        }
        return ++counted[1] <= perSecond;
    }
}
