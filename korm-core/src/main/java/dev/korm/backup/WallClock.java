package dev.korm.backup;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;

/** The clock on the wall of a zone, which jumps twice a year. */
final class WallClock {
    private WallClock() {}

    /** Returns what the clock shows. */
    static LocalDateTime at(Instant moment, ZoneId zone) {
        return LocalDateTime.ofInstant(moment, zone);
    }

    /** Returns the first moment at which the clock shows a time, or when it never does, the first moment after the hour that is left out. */
    static Instant moment(LocalDateTime time, ZoneId zone) {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
        if (!offsets.isEmpty()) {
            return time.toInstant(offsets.get(0));
        }
        ZoneOffsetTransition gap = zone.getRules().getTransition(time);
        return gap.getInstant();
    }
}
