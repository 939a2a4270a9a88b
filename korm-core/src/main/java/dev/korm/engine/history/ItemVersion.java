package dev.korm.engine.history;

import dev.korm.Document;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.RowImage;
import dev.korm.engine.version.StoredVersion;
import dev.korm.history.Operation;
import dev.korm.history.Version;
import dev.korm.model.Model;
import dev.korm.model.Models;
import java.time.Instant;
import java.util.Optional;

/** A version of an item, decoded when it is asked for. */
final class ItemVersion<T> implements Version<T> {
    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    private final StoredVersion stored;

    ItemVersion(CollectionHandle<T> home, Rn<T> rn, StoredVersion stored) {
        this.home = home;
        this.rn = rn;
        this.stored = stored;
    }

    StoredVersion stored() {
        return stored;
    }

    @Override
    public Rn<T> rn() {
        return rn;
    }

    @Override
    public long revision() {
        return stored.revision();
    }

    @Override
    public Operation operation() {
        return stored.operation();
    }

    @Override
    public Instant time() {
        return HistoryClock.instant(stored.micros());
    }

    @Override
    public Optional<String> transaction() {
        return Optional.ofNullable(stored.transaction());
    }

    @Override
    public Optional<String> actor() {
        return Optional.ofNullable(stored.actor());
    }

    @Override
    public Optional<String> reason() {
        return Optional.ofNullable(stored.reason());
    }

    @Override
    public Optional<String> process() {
        return Optional.ofNullable(stored.process());
    }

    @Override
    public Optional<T> data() {
        return decoded(home.model(), rn);
    }

    @Override
    public Optional<Document> document() {
        return decoded(Models.of(Document.class), Rn.parse(rn.toString()));
    }

    private <D> Optional<D> decoded(Model<D> model, Rn<D> name) {
        return Optional.ofNullable(stored.image())
                .map(image -> StoredImage.decode(
                        RowImage.parse(home.layer().layer(), image), model, home.layer(), home.table(), name));
    }

    /** Returns the name, the revision and how it came to be; never the data. */
    @Override
    public String toString() {
        return operation() + " " + rn + " at " + time();
    }
}
