package dev.korm.engine.commit;

import dev.korm.recovery.JournaledChange;
import dev.korm.recovery.JournaledChange.Kind;
import dev.korm.spi.Mutation;
import dev.korm.spi.journal.JournalEntry;
import java.util.ArrayList;
import java.util.List;

/** Reads entries of a journal for people, without a pool. */
public final class JournaledChanges {
    private JournaledChanges() {}

    /**
     * Returns the change that an entry is about.
     *
     * @param entry PREPARED or QUARANTINED
     * @throws dev.korm.recovery.JournalException when it is of a later version, or of another program
     */
    public static JournaledChange of(JournalEntry entry) {
        RedoRecord redo = RedoFormat.read(entry.change(), entry.body());
        return new JournaledChange(
                entry.change(),
                redo.pool(),
                redo.time(),
                redo.coordinator().layer(),
                redo.parts().stream()
                        .map(part -> new JournaledChange.Part(part.layer(), writes(part)))
                        .toList(),
                redo.hasFiles());
    }

    private static List<JournaledChange.Write> writes(RedoRecord.Part part) {
        List<JournaledChange.Write> writes = new ArrayList<>();
        for (Mutation mutation : part.mutations()) {
            if (mutation.table().isItems()) {
                writes.add(new JournaledChange.Write(Followers.item(part.layer(), mutation), kind(mutation)));
            }
        }
        return writes;
    }

    private static Kind kind(Mutation mutation) {
        return mutation instanceof Mutation.Insert
                ? Kind.CREATE
                : mutation instanceof Mutation.Delete ? Kind.DELETE : Kind.CHANGE;
    }
}
