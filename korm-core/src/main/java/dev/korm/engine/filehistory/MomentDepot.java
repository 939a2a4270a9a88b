package dev.korm.engine.filehistory;

import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.SkippedName;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A depot as it was at a moment, also in what it lists: files that were deleted since are among them, and those that came since are not. Of a file that no version is known of, what is there now counts, unless it was
 * stored later. Safe for many threads.
 */
final class MomentDepot extends PastDepot {
    private final Depot now;
    private final FileHistory history;
    private final long micros;

    MomentDepot(Depot now, FileHistory history, long micros) {
        super(now, file -> history.at(file, micros));
        this.now = now;
        this.history = history;
        this.micros = micros;
    }

    @Override
    public Stream<FileEntry> list(Rn<?> prefix, Consumer<SkippedName> skipped) {
        Stream<FileEntry> left = now.list(prefix, skipped).filter(this::wasThere);
        List<String> folders =
                prefix.depotParts().subList(0, prefix.depotParts().size() - 1);
        Stream<FileEntry> gone = history.filesAt(micros)
                .filter(file -> file.depot().equals(Optional.of(now.name()))
                        && file.depotParts().size() > folders.size()
                        && file.depotParts().subList(0, folders.size()).equals(folders)
                        && now.stat(file).isEmpty())
                .flatMap(file -> stat(file).stream())
                .map(stat -> new FileEntry(stat.rn(), stat.size(), stat.modified()));
        return Stream.concat(left, gone);
    }

    private boolean wasThere(FileEntry entry) {
        Optional<KeptVersion> version = history.at(entry.rn(), micros);
        if (version.isPresent()) {
            return version.get().copy().isPresent();
        }
        return history.latest(entry.rn()).isEmpty() && FileHistory.micros(entry.modified()) <= micros;
    }
}
