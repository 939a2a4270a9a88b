package dev.korm.engine.context;

import dev.korm.Rn;
import dev.korm.history.Operation;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A version of a file that a change makes, or has found, before it has its time.
 *
 * @param table under whose name the history has it
 * @param latest the time of the file's last version so far, in microseconds since 1970; zero where there is none
 * @param found when it came to be, where that was before the change
 * @param image where its bytes are kept; null where the file is not there
 */
public record FileVersionDraft(
        String table,
        Rn<?> file,
        Operation operation,
        long latest,
        OptionalLong found,
        @Nullable String image) {}
