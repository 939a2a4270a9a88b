package dev.korm.engine.key;

import dev.korm.crypto.ItemIdentity;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.RowImage;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import dev.korm.model.row.SecretRows;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The secrets in the versions of a layer's items. A version is sealed for the item and the column that it is of, as its row was. */
final class VersionSecrets {
    private static final int PAGE = 200;
    private static final Set<ColumnKind> KINDS = Set.of(ColumnKind.ENCRYPTED, ColumnKind.JSON);

    private final OpenLayer layer;
    private final HistoryTable history;

    VersionSecrets(OpenLayer layer) {
        this.layer = layer;
        this.history = new HistoryTable(layer);
    }

    /** The visitor of a page of versions. */
    private interface Visitor {
        void page(List<StoredVersion> versions);
    }

    private void walk(Visitor visitor) {
        if (!history.isThere()) {
            return;
        }
        String from = "";
        List<StoredVersion> page;
        do {
            page = history.oldest(from, HistoryTable.BEGINNING, PAGE, HistoryTable.Content.ALL);
            if (!page.isEmpty()) {
                visitor.page(page);
                from = VersionKey.behind(page.get(page.size() - 1).key());
            }
        } while (page.size() == PAGE);
    }

    /** The visitor of the uses of keys. */
    interface Uses {
        void count(TableName table, String column, String keyId);
    }

    /** Tells of each key that a version needs. */
    void keyIds(Uses uses) {
        walk(page -> page.forEach(version -> {
            TableName table = new TableName(version.table(), TableName.ID);
            secrets(version)
                    .forEach((column, text) ->
                            SecretRows.keyIds(text, keyId -> uses.count(table, column.name(), keyId)));
        }));
    }

    /** Returns the texts of a version that may hold secrets, by column. */
    private Map<ColumnSchema, String> secrets(StoredVersion version) {
        Map<ColumnSchema, String> secrets = new LinkedHashMap<>();
        String image = version.image();
        if (image != null && RowImage.mayHold(image, KINDS)) {
            RowImage.parse(layer.layer(), image).columns().forEach((column, value) -> {
                if (KINDS.contains(column.kind()) && value instanceof String text && SecretRows.mayHold(text)) {
                    secrets.put(column, text);
                }
            });
        }
        return secrets;
    }

    /**
     * The outcome of a page.
     *
     * @param examined how many versions were looked at
     * @param changed how many of them were stored anew
     * @param resealed how many values were sealed anew
     * @param unopened how many could not be
     */
    record Progress(int examined, int changed, int resealed, int unopened) {}

    /** The listener to a renewal. */
    interface Listener {
        void page(Progress progress);
    }

    /** Seals everything that is not sealed with the current key with it. */
    void renew(Listener listener) {
        walk(page -> listener.page(renew(page)));
    }

    private Progress renew(List<StoredVersion> page) {
        int resealed = 0;
        int unopened = 0;
        List<Mutation> changes = new ArrayList<>();
        for (StoredVersion version : page) {
            ItemIdentity owner = layer.seals().item(new TableName(version.table(), TableName.ID), version.id());
            Map<ColumnSchema, Object> renewed = new LinkedHashMap<>();
            for (Map.Entry<ColumnSchema, String> secret : secrets(version).entrySet()) {
                SecretRows.Renewed each = SecretRows.renewed(
                        secret.getValue(), owner.column(secret.getKey().name()));
                unopened += each.unopened();
                resealed += each.resealed();
                if (each.resealed() > 0) {
                    renewed.put(secret.getKey(), each.text());
                }
            }
            if (!renewed.isEmpty() && version.image() != null) {
                RowImage image = RowImage.parse(layer.layer(), version.image()).with(renewed);
                changes.add(HistoryTable.replacement(version.withImage(image.text())));
            }
        }
        return new Progress(page.size(), store(changes), resealed, unopened);
    }

    /** Stores versions anew, but for those that somebody has purged meanwhile. */
    private int store(List<Mutation> changes) {
        if (changes.isEmpty() || layer.store().apply(Batch.of(changes)) instanceof BatchResult.Applied) {
            return changes.size();
        }
        int stored = 0;
        for (Mutation change : changes) {
            stored += layer.store().apply(Batch.of(List.of(change))) instanceof BatchResult.Applied ? 1 : 0;
        }
        return stored;
    }
}
