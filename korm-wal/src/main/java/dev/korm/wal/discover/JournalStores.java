package dev.korm.wal.discover;

import dev.korm.spi.discover.StoreFactory;
import dev.korm.spi.journal.JournalDescription;
import dev.korm.spi.journal.JournalSource;
import dev.korm.wal.DepotWal;
import dev.korm.wal.FileRecording;
import dev.korm.wal.JournalRetention;
import dev.korm.wal.Wal;
import java.util.Map;
import java.util.Optional;

/** The way back from what a pool's metadata says of a journal to the source that opens it. */
public final class JournalStores implements StoreFactory {
    @Override
    public Optional<JournalSource> journal(JournalDescription recorded) {
        Map<String, String> settings = recorded.settings();
        JournalRetention retention = JournalDescription.KEEP.equals(settings.get(JournalDescription.RETENTION))
                ? JournalRetention.KEEP
                : JournalRetention.DELETE;
        FileRecording files = JournalDescription.RECORD.equals(settings.get(JournalDescription.FILES))
                ? FileRecording.RECORD
                : FileRecording.OFF;
        String path = settings.get(JournalDescription.PATH);
        if (recorded.type().equals(JournalDescription.FOLDER) && path != null) {
            return Optional.of(Wal.at(path).retention(retention).files(files));
        }
        String depot = settings.get(JournalDescription.DEPOT_NAME);
        if (!recorded.type().equals(JournalDescription.DEPOT) || depot == null) {
            return Optional.empty();
        }
        DepotWal journal = Wal.in(depot).retention(retention).files(files);
        String namespace = settings.get(JournalDescription.NAMESPACE);
        return Optional.of(namespace == null ? journal : journal.namespace(namespace));
    }
}
