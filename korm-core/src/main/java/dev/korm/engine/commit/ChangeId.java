package dev.korm.engine.commit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The id of a change that the journal knows: {@code change-RUN-NUMBER}, of the run that made it, both in lower-case hex digits. */
public final class ChangeId {
    private static final Pattern FORM = Pattern.compile("change-([0-9a-f]{16})-[0-9a-f]{1,16}");

    private ChangeId() {}

    static String of(String run, long number) {
        return "change-" + run + "-" + Long.toHexString(number);
    }

    /** Returns the run that made a change; empty for the id of anything else. */
    public static Optional<String> run(String id) {
        Matcher matcher = FORM.matcher(id);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
