package dev.korm.engine.history;

import dev.korm.AlreadyExistsException;
import dev.korm.Change;
import dev.korm.ConfigurationException;
import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.OpenFiles;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ColumnReplacement;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.read.DeletedRows;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.DeleteRun;
import dev.korm.engine.relocate.UnfinishedRelocations;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.RowImage;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import dev.korm.engine.write.ItemTransaction;
import dev.korm.file.FileRef;
import dev.korm.history.HistoryException;
import dev.korm.history.Operation;
import dev.korm.history.UndoRefusedException;
import dev.korm.history.Undone;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Undoes a transaction by one that is the opposite. Each item is looked at first: where it is not as the transaction left it, or what it was
 * before is not known, all is refused, with every item that is in the way. Then the changes are made as any others, each at the revision
 * that was looked at; so what somebody changes in between refuses them. Used once, by one thread.
 */
final class UndoRun {
    private static final int TOLD = 5;

    private final PoolContext pool;
    private final String transaction;
    private final List<Change<?>> changes = new ArrayList<>();
    private final List<Rn<?>> items = new ArrayList<>();
    private final Set<ItemKey> deleted = new LinkedHashSet<>();
    private final Set<ItemKey> changed = new HashSet<>();
    private final Map<Rn<?>, String> obstacles = new LinkedHashMap<>();

    UndoRun(PoolContext pool, String transaction) {
        this.pool = pool;
        this.transaction = transaction;
    }

    Undone run() {
        // First: one that is not among them has all its versions by now.
        UnfinishedRelocations relocations = UnfinishedRelocations.find(pool);
        List<TransactionVersions> found = TransactionVersions.find(pool, transaction);
        if (found.isEmpty()) {
            throw new HistoryException("There is no transaction \"" + transaction
                    + "\" in the history of any layer of the pool; it made nothing, or its versions were purged");
        }
        requireWhole(found);
        if (relocations.isOf(transaction)) {
            throw notWhole(
                    "It is a relocation of a collection that was not at its end. Call the same move() or copy() again, and undo it then",
                    found.get(0));
        }
        FileUndo undo = new FileUndo(pool, found, obstacles::putIfAbsent, (file, why) -> {
            obstacles.putIfAbsent(file, why);
            throw refused(null);
        });
        for (TransactionVersions versions : found) {
            plan(versions, undo);
            requireOriginals(versions, relocations);
        }
        for (Change<?> file : undo.rest()) {
            changes.add(file);
            items.add(file.rn());
        }
        changes.addAll(undo.required());
        if (!deleted.isEmpty()) {
            checkReferences();
        }
        if (!obstacles.isEmpty()) {
            throw refused(null);
        }
        if (!pool.items().seen(pool).equals(pool)) {
            throw new ConfigurationException(
                    "The transaction " + transaction
                            + " cannot be undone within the transaction that the thread is within, since an undo is one of its own; undo it before or after");
        }
        return changes.isEmpty() ? new Undone(transaction, List.of()) : apply();
    }

    /** Checks that what was found is all that the transaction made: nobody notices by the rest that a layer is none of the pool's, or what was purged. */
    private void requireWhole(List<TransactionVersions> found) {
        for (TransactionVersions versions : found) {
            OpenLayer layer = versions.layer();
            long beginning = new HistoryTable(layer).beginning().orElse(0);
            for (StoredVersion version : versions.versions()) {
                if (version.micros() < beginning) {
                    throw notWhole(
                            "It is from before " + HistoryClock.instant(beginning)
                                    + ", where the history of the layer \"" + layer.layer()
                                    + "\" begins, so some of its versions may have been purged",
                            versions);
                }
                for (String other : version.ofLayers()) {
                    if (!pool.layers().names().contains(other)) {
                        throw notWhole(
                                "It is of the layers " + String.join(", ", version.ofLayers())
                                        + ", and the pool has no \"" + other + "\"; open the pool with all of them",
                                versions);
                    }
                }
            }
        }
    }

    /**
     * Checks that what was created beside something of its name in another layer, as by a copy, is not all that is left of both: the other may have been moved
     * onto it since.
     */
    private void requireOriginals(TransactionVersions versions, UnfinishedRelocations relocations) {
        String here = versions.layer().layer();
        for (StoredVersion made : versions.items()) {
            for (String there : made.operation() == Operation.CREATED ? made.ofLayers() : List.<String>of()) {
                TableName table = new TableName(made.table(), TableName.ID);
                if (!there.equals(here)
                        && (relocations.isOf(table, there, here) || isDeletedSince(made, table, there))) {
                    obstacles.putIfAbsent(
                            pool.layers().collection(versions.layer(), table).item(made.id()),
                            "the item of its name in the layer \"" + there
                                    + "\" was deleted or is moved here since, so this is what is left of it");
                }
            }
        }
    }

    private boolean isDeletedSince(StoredVersion made, TableName table, String there) {
        VersionKey key = VersionKey.of(table, made.id());
        return new HistoryTable(pool.layers().layer(there))
                .last(key.first(), key.end(), HistoryTable.Content.WITHOUT_IMAGE)
                .filter(last ->
                        last.isDeletion() && last.micros() >= made.micros() && !transaction.equals(last.transaction()))
                .isPresent();
    }

    private UndoRefusedException notWhole(String why, TransactionVersions versions) {
        return new UndoRefusedException(
                "The transaction " + transaction + " was not undone, and nothing was written. " + why
                        + ". What is there of it, history().transaction(…) tells",
                versions.rns(pool),
                null);
    }

    private void plan(TransactionVersions versions, FileUndo files) {
        List<List<StoredVersion>> items = new ArrayList<>();
        String last = "";
        for (StoredVersion version : versions.items()) {
            String item = VersionKey.itemOf(version.key());
            if (!item.equals(last)) {
                if (items.size() == SurroundingVersions.ITEMS) {
                    planTogether(versions.layer(), items, files);
                    items.clear();
                }
                items.add(new ArrayList<>());
                last = item;
            }
            items.get(items.size() - 1).add(version);
        }
        if (!items.isEmpty()) {
            planTogether(versions.layer(), items, files);
        }
    }

    /** Plans the changes of some items, after what is stored of all of them was read. */
    private void planTogether(OpenLayer layer, List<List<StoredVersion>> made, FileUndo files) {
        SurroundingVersions surrounding = SurroundingVersions.read(new HistoryTable(layer), made);
        Map<String, List<String>> ids = new LinkedHashMap<>();
        made.forEach(each -> ids.computeIfAbsent(each.get(0).table(), table -> new ArrayList<>())
                .add(each.get(0).id()));
        Map<String, Map<String, StoredItem<Document>>> now = new HashMap<>();
        ids.forEach((table, some) ->
                now.put(table, ItemReader.find(pool.documents(layer, new TableName(table, TableName.ID)), some)));
        for (List<StoredVersion> each : made) {
            StoredVersion first = each.get(0);
            Map<String, StoredItem<Document>> ofTable = now.getOrDefault(first.table(), Map.of());
            plan(layer, each, Optional.ofNullable(ofTable.get(first.id())), surrounding, files);
        }
    }

    /** Plans the change of one item, of the versions that the transaction made of it. */
    private void plan(
            OpenLayer layer,
            List<StoredVersion> made,
            Optional<StoredItem<Document>> now,
            SurroundingVersions surrounding,
            FileUndo files) {
        StoredVersion first = made.get(0);
        StoredVersion last = made.get(made.size() - 1);
        TableName table = new TableName(first.table(), TableName.ID);
        CollectionHandle<Document> home = pool.documents(layer, table);
        Rn<Document> rn = home.collection().item(first.id());
        if (last.isDeletion() ? now.isPresent() : !isAs(now, last)) {
            obstacles.put(rn, now.isPresent() ? "it was changed since" : "it was deleted since");
            return;
        }
        if (last.isDeletion() && !surrounding.isNewest(last)) {
            obstacles.put(rn, "it was created anew and deleted since");
            return;
        }
        if (first.operation() == Operation.CREATED) {
            now.ifPresent(item -> {
                changes.add(item.deletion());
                deleted.add(home.key(rn));
                items.add(rn);
            });
            return;
        }
        StoredVersion before = surrounding.before(first).orElse(null);
        if (before == null || before.image() == null) {
            obstacles.put(rn, "the version before it was purged");
            return;
        }
        Document stored =
                StoredImage.decode(RowImage.parse(layer.layer(), before.image()), home.model(), layer, table, rn);
        items.add(rn);
        changed.add(home.key(rn));
        Optional<Change<Document>> kept = now.isPresent() ? Optional.empty() : kept(home, rn, stored);
        if (kept.isPresent()) {
            // Its files are kept as long as its row.
            changes.add(kept.get());
            return;
        }
        Document data = withFiles(home, stored, now.map(StoredItem::data), first, before, files);
        if (now.isPresent()) {
            changes.add(now.get().update(any -> data));
        } else {
            // The new item's revision is above all that the former one had.
            pool.environment().revisions().saw(last.revision() + 2);
            changes.add(new NewItem<>(home, rn, data));
        }
    }

    /** Returns the restoration of an item whose row was kept when it was deleted, and holds what it held. */
    private static Optional<Change<Document>> kept(CollectionHandle<Document> home, Rn<Document> rn, Document data) {
        return DeletedRows.find(home, rn)
                .filter(deleted -> home.model().sameData(deleted.data(), data))
                .map(StoredItem::restoration);
    }

    private static boolean isAs(Optional<StoredItem<Document>> now, StoredVersion version) {
        return now.isPresent() && now.get().revision() == version.revision();
    }

    /** Returns data whose files have the bytes that they had; of those that nobody kept, checks that they are there still. */
    private Document withFiles(
            CollectionHandle<Document> home,
            Document data,
            Optional<Document> now,
            StoredVersion first,
            StoredVersion before,
            FileUndo files) {
        Rn<Document> rn = home.collection().item(first.id());
        Set<Rn<?>> kept = new HashSet<>();
        now.ifPresent(document -> home.model().eachFile(document, (file, declared) -> kept.add(file.rn())));
        return home.model().mapAllFiles(data, file -> {
            if (!pool.depots().hasDepot(file.rn())) {
                return file;
            }
            Optional<FileRef> restored = files.restored(file, first.micros());
            if (restored.isEmpty() && !kept.contains(file.rn())) {
                checkFile(file, before, rn);
            }
            return restored.orElse(file);
        });
    }

    private void checkFile(FileRef file, StoredVersion before, Rn<Document> rn) {
        Optional<FileStat> stat = pool.depots().depot(file.rn()).stat(file.rn());
        if (stat.isEmpty()) {
            obstacles.put(rn, "the bytes of " + file.rn() + " are gone");
        } else if (OpenFiles.itemRevision(stat.get()).orElse(0) > before.revision()) {
            obstacles.put(rn, "the bytes of " + file.rn() + " were replaced");
        }
    }

    /** Checks that no item which the transaction did not make goes along with those that are deleted. */
    private void checkReferences() {
        try {
            for (ItemKey along : DeleteRun.affected(pool, deleted)) {
                if (!deleted.contains(along) && !changed.contains(along)) {
                    OpenLayer layer = pool.layers().layer(along.layer());
                    obstacles.put(
                            pool.layers().collection(layer, along.table()).item(along.id()),
                            "it refers to an item that would be deleted");
                }
            }
        } catch (ReferencedException referenced) {
            throw refused(referenced);
        }
    }

    private Undone apply() {
        Optional<String> reason = pool.origins().current().author().reason();
        ChangeOrigins.Author author =
                new ChangeOrigins.Author(Optional.empty(), reason.or(() -> Optional.of("undo of " + transaction)));
        try {
            String id = pool.origins().by(author, () -> pool.origins().asOne(() -> {
                new ItemTransaction(changes, ColumnReplacement.REFUSED).persist();
                return pool.origins().current().transaction();
            }));
            return new Undone(id, items);
        } catch (ConflictException overtaken) {
            obstacles.put(overtaken.rn(), "it was changed since");
            throw refused(overtaken);
        } catch (NotFoundException | AlreadyExistsException | DuplicateException | ReferencedException overtaken) {
            throw refused(overtaken);
        }
    }

    private UndoRefusedException refused(@Nullable KormException cause) {
        StringBuilder why = new StringBuilder();
        obstacles.entrySet().stream().limit(TOLD).forEach(obstacle -> why.append(why.length() == 0 ? "" : "; ")
                .append(obstacle.getKey())
                .append(": ")
                .append(obstacle.getValue()));
        if (obstacles.size() > TOLD) {
            why.append("; and ").append(obstacles.size() - TOLD).append(" more");
        }
        if (cause != null && obstacles.isEmpty()) {
            why.append(cause.getMessage());
        }
        return new UndoRefusedException(
                "The transaction " + transaction + " was not undone, and nothing was written. " + why
                        + ". Look at the items, and change by hand what is to be changed",
                List.copyOf(obstacles.keySet()),
                cause);
    }
}
