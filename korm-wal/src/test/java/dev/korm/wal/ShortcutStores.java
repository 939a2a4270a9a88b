package dev.korm.wal;

import dev.korm.Rn;
import dev.korm.recovery.JournalException;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.wal.Forwarding.ForwardingDepot;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stores of one program with an {@link EngineShortcut}: between the engine, which does not know of it, and what it asks. */
final class ShortcutStores {
    final EngineShortcut shortcut;
    final Map<String, dev.korm.spi.Layer> layers = new HashMap<>();
    private final List<JournalEntry> held = new ArrayList<>();
    private final Set<Rn<?>> staged = new LinkedHashSet<>();
    private @Nullable Journal journal;
    private @Nullable Depot depot;

    /** The ids of the items that the change at hand moves to another layer. */
    Set<String> moving = Set.of();

    /** Since entries were read, until they are forgotten. */
    boolean recovering;

    /** Since changes were logged, until the next commit, which decides them. */
    private boolean deciding;

    private List<String> logged = List.of();

    ShortcutStores(EngineShortcut shortcut) {
        this.shortcut = shortcut;
    }

    boolean is(EngineShortcut asked) {
        return shortcut == asked;
    }

    LayerSource layer(LayerSource source, boolean coordinates) {
        return new LayerSource() {
            @Override
            public LayerDescription description() {
                return source.description();
            }

            @Override
            public dev.korm.spi.Layer open(String name, Environment environment) {
                dev.korm.spi.Layer layer = source.open(name, environment);
                layers.put(name, layer);
                return new ShortcutLayer(ShortcutStores.this, layer, coordinates);
            }
        };
    }

    /** Tells of a commit, and returns whether it is the one that decides. */
    boolean committing() {
        boolean decides = deciding;
        deciding = false;
        return decides;
    }

    /** Does what is to be done behind the decision, and should have been before; or the other way round. */
    void decided() {
        Journal open = journal;
        if (open != null && is(EngineShortcut.LOGGED_BEHIND_THE_DECISION)) {
            open.append(List.copyOf(held));
            held.clear();
        }
        if (open != null && is(EngineShortcut.DONE_BEFORE_FOLLOWERS)) {
            open.append(logged.stream().map(JournalEntry::done).toList());
        }
        Depot files = depot;
        if (files != null && is(EngineShortcut.STAGED_RELEASED_EARLY)) {
            staged.forEach(files::delete);
            staged.clear();
        }
    }

    JournalSource journal(JournalSource source) {
        return new JournalSource() {
            @Override
            public String description() {
                return source.description();
            }

            @Override
            public Journal open(JournalContext context) {
                journal = source.open(context);
                return new ShortcutJournal(journal);
            }
        };
    }

    private final class ShortcutJournal implements Journal {
        private final Journal log;

        ShortcutJournal(Journal log) {
            this.log = log;
        }

        @Override
        public String run() {
            return log.run();
        }

        @Override
        public void append(List<JournalEntry> entries) {
            List<JournalEntry> all = new ArrayList<>(entries);
            List<String> prepared = entries.stream()
                    .filter(entry -> entry.kind() == Kind.PREPARED)
                    .map(JournalEntry::change)
                    .toList();
            if (!prepared.isEmpty() && !recovering) {
                deciding = true;
                logged = prepared;
            }
            switch (shortcut) {
                case NOT_LOGGED -> all.removeIf(entry -> entry.kind() == Kind.PREPARED && !recovering);
                case LOGGED_UNSYNCED -> {
                    List<JournalEntry> before = List.copyOf(held);
                    held.clear();
                    held.addAll(all);
                    all = before;
                }
                case LOGGED_BEHIND_THE_DECISION -> {
                    if (!prepared.isEmpty() && !recovering) {
                        held.addAll(all);
                        all = List.of();
                    }
                }
                case DONE_WHEN_PREPARED -> {
                    if (!recovering) {
                        all.addAll(prepared.stream().map(JournalEntry::done).toList());
                    }
                }
                case OTHERS_OF_A_GROUP_NOT_LOGGED -> {
                    if (!recovering) {
                        all.removeIf(entry -> prepared.indexOf(entry.change()) > 0);
                    }
                }
                case KEPT_UNLOGGED -> all = recovering ? List.of() : all;
                case QUARANTINED_UNLOGGED -> all.removeIf(entry -> entry.kind() == Kind.QUARANTINED);
                default -> {}
            }
            try {
                if (!all.isEmpty()) {
                    log.append(all);
                }
            } catch (JournalException failed) {
                if (!is(EngineShortcut.FAILED_LOG_IGNORED)) {
                    throw failed;
                }
            }
        }

        @Override
        public UnfinishedEntries unfinished() {
            UnfinishedEntries entries = log.unfinished();
            recovering = true;
            return new ShortcutEntries(entries);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    private final class ShortcutEntries implements UnfinishedEntries {
        private final UnfinishedEntries entries;
        private final Set<String> runs;
        private final Iterator<JournalEntry> read;

        ShortcutEntries(UnfinishedEntries entries) {
            this.entries = entries;
            runs = entries.runs();
            List<JournalEntry> all = new ArrayList<>();
            for (Optional<JournalEntry> next = entries.next(); next.isPresent(); next = entries.next()) {
                JournalEntry entry = next.get();
                ByteBuffer body = ByteBuffer.allocate(entry.body().remaining());
                body.put(entry.body().duplicate()).flip();
                all.add(new JournalEntry(entry.kind(), entry.change(), body));
            }
            if (is(EngineShortcut.ENTRY_SKIPPED) && !all.isEmpty()) {
                all.remove(0);
            }
            if (is(EngineShortcut.FORGOTTEN_BEFORE_SETTLED)) {
                entries.forget();
            }
            read = all.iterator();
        }

        @Override
        public Set<String> runs() {
            return runs;
        }

        @Override
        public Optional<JournalEntry> next() {
            return read.hasNext() ? Optional.of(read.next()) : Optional.empty();
        }

        @Override
        public void forget() {
            recovering = false;
            if (is(EngineShortcut.MARKERS_DELETED_BEFORE_FILES)) {
                layers.values().forEach(StoredMarkers::deleteAll);
            }
            if (!is(EngineShortcut.FORGOTTEN_BEFORE_SETTLED)) {
                entries.forget();
            }
        }

        @Override
        public void close() {
            recovering = false;
            entries.close();
        }
    }

    DepotSource depot(DepotSource source) {
        return new DepotSource() {
            @Override
            public DepotDescription description() {
                return source.description();
            }

            @Override
            public Depot open(String name, Environment environment) {
                depot = source.open(name, environment);
                return new ShortcutDepot(depot);
            }
        };
    }

    private final class ShortcutDepot extends ForwardingDepot {
        ShortcutDepot(Depot depot) {
            super(depot);
        }

        @Override
        public FileStat put(Rn<?> file, InputStream content, PutOptions options) {
            List<String> parts = file.depotParts();
            boolean isStaged = parts.get(0).equals("__korm_staging__") && parts.size() > 3;
            if (isStaged && is(EngineShortcut.PLACED_BEFORE_DECISION)) {
                byte[] bytes = bytes(content);
                Rn<?> place = Rn.file(name(), parts.subList(3, parts.size()).toArray(String[]::new));
                depot.put(place, new ByteArrayInputStream(bytes), options);
                return depot.put(file, new ByteArrayInputStream(bytes), options);
            }
            if (isStaged) {
                staged.add(file);
            }
            return depot.put(file, content, options);
        }

        private static byte[] bytes(InputStream content) {
            try {
                return content.readAllBytes();
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }

        @Override
        public boolean moveIfNewer(Rn<?> from, Rn<?> to, PutCondition.Newer newer) {
            staged.remove(from);
            Journal open = journal;
            if (open != null
                    && is(EngineShortcut.DONE_BEFORE_FILES)
                    && from.depotParts().get(2).startsWith("change-")) {
                open.append(List.of(JournalEntry.done(from.depotParts().get(2))));
            }
            if (is(EngineShortcut.NOT_PLACED)) {
                return true;
            }
            if (is(EngineShortcut.PLACED_IN_ANY_ORDER)) {
                depot.move(from, to);
                return true;
            }
            return depot.moveIfNewer(from, to, newer);
        }
    }
}
