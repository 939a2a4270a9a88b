package dev.korm.examples.wildlife;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Unique;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Loads the files into a pool, each once. */
final class Loader {
    private static final int BATCH = 500;

    private final Pool pool;
    private final DataFolder folder;
    private final Progress progress;

    Loader(Pool pool, DataFolder folder, Progress progress) {
        this.pool = pool;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * The result of loading one file.
     *
     * @param before whether that was in an earlier run
     * @param badLines the lines that became no items, in this run
     */
    record Report(LoadedFile loaded, boolean before, List<BadLine> badLines) {}

    /** Loads what is not there yet: airports first, since the others refer to them. */
    List<Report> loadAll() {
        List<Report> reports = new ArrayList<>();
        reports.add(load("airports.csv", Airport.class, Airport::of));
        AirportDirectory airports = AirportDirectory.read(pool);
        reports.add(load("flights-airport.csv", Route.class, line -> Route.of(line, airports)));
        reports.add(load("birdstrikes.csv", Strike.class, line -> Strike.of(line, airports)));
        return reports;
    }

    private <T> Report load(String file, Class<T> type, Function<CsvLine, T> reader) {
        Items<LoadedFile> loadedFiles = Korm.item(LoadedFile.class, pool);
        Optional<Item<LoadedFile>> before =
                loadedFiles.query().where(eq(LoadedFile::file, file)).first();
        if (before.isPresent()) {
            return new Report(before.get().data(), true, List.of());
        }
        Items<T> items = Korm.item(type, pool);
        // What a run that was interrupted has left.
        items.query().where(everything()).deleteAll();
        List<BadLine> badLines = new ArrayList<>();
        long stored = store(file, items, reader, badLines);
        LoadedFile loaded = new LoadedFile(Unique.of(file), stored, badLines.size());
        loadedFiles.fromData(loaded).create();
        return new Report(loaded, false, badLines);
    }

    private <T> long store(String file, Items<T> items, Function<CsvLine, T> reader, List<BadLine> badLines) {
        long stored = 0;
        List<FloatingItem<T>> batch = new ArrayList<>(BATCH);
        try (BufferedReader text = folder.open(file);
                CsvReader<NamedCsvRecord> csv = csv(text);
                Progress.Task task = progress.begin(file, lines(file))) {
            for (NamedCsvRecord fields : csv) {
                task.step();
                try {
                    batch.add(items.fromData(reader.apply(new CsvLine(fields))));
                } catch (BadLineException bad) {
                    badLines.add(new BadLine(file, fields.getStartingLineNumber(), String.valueOf(bad.getMessage())));
                }
                if (batch.size() == BATCH) {
                    stored += Korm.createAll(batch).size();
                    batch.clear();
                }
            }
        } catch (CsvParseException unreadable) {
            throw new UncheckedIOException(new IOException(file + " is no CSV file", unreadable));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return stored + Korm.createAll(batch).size();
    }

    private static CsvReader<NamedCsvRecord> csv(BufferedReader text) {
        return CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofNamedCsvRecord(text);
    }

    private long lines(String file) throws IOException {
        try (BufferedReader text = folder.open(file)) {
            return text.lines().count() - 1;
        }
    }
}
