package dev.korm.wal;

import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.StoreException.Outcome;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.support.ForwardingLayer;
import dev.korm.wal.Forwarding.ForwardingBatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** A layer with an {@link EngineShortcut}. */
final class ShortcutLayer extends ForwardingLayer {
    private final Layer layer;
    private final ShortcutStores stores;
    private final boolean coordinates;

    /** @param coordinates whether it decides about every change that it takes part in */
    ShortcutLayer(ShortcutStores stores, Layer layer, boolean coordinates) {
        super(layer);
        this.layer = layer;
        this.stores = stores;
        this.coordinates = coordinates;
    }

    private boolean is(EngineShortcut shortcut) {
        return stores.is(shortcut);
    }

    /** Returns the layer that is asked about markers. */
    private Layer ofMarkers() {
        return is(EngineShortcut.FORBIDDEN_IN_ANOTHER_LAYER) && stores.recovering
                ? stores.layers.values().stream()
                        .filter(other -> !other.equals(layer))
                        .findFirst()
                        .orElse(layer)
                : layer;
    }

    @Override
    public RowCursor select(Selection selection) {
        return selection.from().equals(TransactionMarker.TABLE)
                ? ofMarkers().select(selection)
                : layer.select(selection);
    }

    /** Returns nothing: every change is a batch. */
    @Override
    public Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        return Optional.empty();
    }

    @Override
    public BatchResult apply(Batch batch) {
        boolean marked = batch.marker().isPresent();
        if (marked && batch.mutations().isEmpty()) {
            return forbid(batch);
        }
        if (marked && stores.recovering) {
            if (is(EngineShortcut.REDO_LEFT_OUT)) {
                return new BatchResult.Applied(
                        batch.mutations().stream().map(any -> 1L).toList());
            }
            if (is(EngineShortcut.REDO_UNMARKED)) {
                return layer.apply(new Batch(withoutMarkers(batch), Optional.empty(), batch.token()));
            }
            if (is(EngineShortcut.REDO_WHATEVER_CAME_LATER)) {
                return layer.apply(new Batch(withoutRevisions(batch), batch.marker(), batch.token()));
            }
        }
        if (is(EngineShortcut.COPIES_TAKEN_FOR_UP_TO_DATE) && writes(batch, "__korm_removed__")) {
            return layer.apply(new Batch(withoutRevisions(batch), batch.marker(), batch.token()));
        }
        if (is(EngineShortcut.COPIES_OF_DELETED_KEPT) && writes(batch, "__korm_copies__")) {
            return layer.apply(without(
                    batch,
                    mutation -> mutation instanceof Mutation.Delete
                            && mutation.table().isItems()));
        }
        return layer.apply(batch);
    }

    private static boolean writes(Batch batch, String table) {
        return batch.mutations().stream()
                .anyMatch(mutation -> mutation.table().text().equals(table));
    }

    private BatchResult forbid(Batch batch) {
        BatchResult forbidden = new BatchResult.Applied(List.of());
        if (is(EngineShortcut.FORBIDDEN_BY_WORD_ALONE)) {
            return forbidden;
        }
        BatchResult result = ofMarkers().apply(batch);
        return is(EngineShortcut.FORBIDDEN_WHATEVER_IS_ANSWERED) ? forbidden : result;
    }

    private static List<Mutation> withoutMarkers(Batch batch) {
        return batch.mutations().stream()
                .filter(mutation -> !mutation.table().equals(TransactionMarker.TABLE))
                .toList();
    }

    private static List<Mutation> withoutRevisions(Batch batch) {
        return batch.mutations().stream().map(ShortcutLayer::withoutRevision).toList();
    }

    private static Mutation withoutRevision(Mutation mutation) {
        if (mutation instanceof Mutation.Update update) {
            return new Mutation.Update(
                    update.table(), update.id(), OptionalLong.empty(), update.columns(), update.values());
        }
        if (mutation instanceof Mutation.Delete delete) {
            return new Mutation.Delete(delete.table(), delete.id(), OptionalLong.empty());
        }
        return mutation;
    }

    @Override
    public PreparedBatch prepare(Batch asked, Duration deadline, Scheduler scheduler) {
        Batch batch = changed(asked);
        PreparedBatch prepared =
                is(EngineShortcut.DEADLINE_IGNORED) ? layer.prepare(batch) : layer.prepare(batch, deadline, scheduler);
        if (prepared.result() instanceof BatchResult.Refused) {
            return is(EngineShortcut.REFUSALS_IGNORED) ? new Finished() : prepared;
        }
        if ((!coordinates && is(EngineShortcut.FOLLOWERS_FIRST))
                || (coordinates && is(EngineShortcut.DECIDED_BEFORE_LOGGED))) {
            prepared.commit();
            return new Finished();
        }
        return new Watched(prepared, asked);
    }

    private Batch changed(Batch batch) {
        return switch (stores.shortcut) {
            case COORDINATOR_UNMARKED -> coordinates ? unmarked(batch) : batch;
            case FOLLOWERS_UNMARKED -> coordinates ? batch : unmarked(batch);
            case REVISIONS_IGNORED -> new Batch(withoutRevisions(batch), batch.marker(), batch.token());
            case OTHERS_OF_A_GROUP_UNMARKED ->
                without(batch, mutation -> mutation.table().equals(TransactionMarker.TABLE));
            case REFERENCES_NOT_RENAMED -> without(batch, ShortcutLayer::renames);
            case LEFT_BEHIND_BY_A_MOVE -> without(batch, this::leaves);
            case NOT_BROUGHT_BY_A_MOVE -> without(batch, this::arrives);
            case DELETION_NOT_MARKED -> without(batch, ShortcutLayer::marks);
            case DELETED_ROW_NOT_KEPT ->
                new Batch(
                        batch.mutations().stream()
                                .map(mutation -> marks(mutation) ? deletion((Mutation.Update) mutation) : mutation)
                                .toList(),
                        batch.marker(),
                        batch.token());
            case TAKEN_AWAY_BEFORE_A_MOVE -> {
                batch.mutations().stream()
                        .filter(this::leaves)
                        .forEach(departure -> layer.apply(Batch.of(List.of(departure))));
                yield without(batch, this::leaves);
            }
            default -> batch;
        };
    }

    private static Batch without(Batch batch, Predicate<Mutation> leftOut) {
        return new Batch(batch.mutations().stream().filter(leftOut.negate()).toList(), batch.marker(), batch.token());
    }

    /** Returns whether a mutation has an item name another in its new layer; who changes an item otherwise writes his number into it. */
    private static boolean renames(Mutation mutation) {
        return mutation instanceof Mutation.Update update
                && update.columns().stream().anyMatch(column -> column.name().equals("owner"))
                && update.columns().stream().noneMatch(column -> column.name().equals("number"));
    }

    /** Returns whether a mutation deletes an item whose row is kept. */
    private static boolean marks(Mutation mutation) {
        return mutation instanceof Mutation.Update update
                && update.columns().stream().anyMatch(column -> column.name().equals(TableName.DELETED));
    }

    private static Mutation deletion(Mutation.Update mark) {
        return new Mutation.Delete(mark.table(), mark.id(), mark.expectedRevision());
    }

    private boolean leaves(Mutation mutation) {
        return mutation instanceof Mutation.Delete delete && stores.moving.contains(delete.id());
    }

    private boolean arrives(Mutation mutation) {
        return mutation instanceof Mutation.Insert insert && stores.moving.contains(insert.id());
    }

    private static Batch unmarked(Batch batch) {
        return new Batch(withoutMarkers(batch), Optional.empty(), batch.token());
    }

    /** A batch that says that all is well, and does nothing more. */
    private static final class Finished implements PreparedBatch {
        @Override
        public BatchResult result() {
            return new BatchResult.Applied(List.of());
        }

        @Override
        public void commit() {}

        @Override
        public void rollback() {}

        @Override
        public void close() {}
    }

    private final class Watched extends ForwardingBatch {
        private final Batch asked;

        Watched(PreparedBatch batch, Batch asked) {
            super(batch);
            this.asked = asked;
        }

        @Override
        public void commit() {
            boolean decides = stores.committing();
            if (is(decides ? EngineShortcut.COORDINATOR_NOT_COMMITTED : EngineShortcut.FOLLOWERS_NOT_COMMITTED)) {
                batch.rollback();
            } else {
                commit(decides);
            }
            if (is(
                    decides
                            ? EngineShortcut.COORDINATORS_MARKER_DELETED_EARLY
                            : EngineShortcut.FOLLOWERS_MARKERS_DELETED_EARLY)) {
                asked.marker().ifPresent(this::delete);
            }
            if (decides) {
                stores.decided();
            }
        }

        private void commit(boolean decides) {
            try {
                batch.commit();
            } catch (StoreBusyException late) {
                if (!is(EngineShortcut.LATE_COMMIT_TAKEN_FOR_ONE_IN_TIME) || late.outcome() != Outcome.NOT_APPLIED) {
                    throw late;
                }
            } catch (StoreException lost) {
                boolean unknown = lost.outcome() == Outcome.UNKNOWN && decides;
                if (unknown && is(EngineShortcut.LOST_ANSWER_TAKEN_FOR_FAILURE)) {
                    throw new StoreException(name(), "It failed", Outcome.NOT_APPLIED, lost);
                }
                if (!unknown || !is(EngineShortcut.LOST_ANSWER_TAKEN_FOR_SUCCESS)) {
                    throw lost;
                }
            }
        }

        private void delete(TransactionMarker marker) {
            layer.apply(
                    Batch.of(List.of(new Mutation.Delete(TransactionMarker.TABLE, marker.id(), OptionalLong.empty()))));
        }
    }
}
