package dev.korm.engine.layer;

import dev.korm.model.reference.ReferencePolicy;
import dev.korm.spi.Layer;
import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies of the references in one layer. Safe for many threads.
 *
 * <p>No error tells that another program has declared a policy, so what was read of them is used for a moment only. What this
 * pool declares it knows at once.
 */
public final class LayerPolicies {
    /** How long what another program declares may go unnoticed. */
    static final Duration STALE = Duration.ofSeconds(1);

    private final PolicyTable kept;
    private final Set<Declared> declared = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Seen seen;

    private record Declared(TableName table, Class<?> type) {}

    /** @param at in nanoseconds of the environment's */
    private record Seen(List<StoredPolicy> policies, long at) {}

    LayerPolicies(Layer layer) {
        this.kept = new PolicyTable(layer);
    }

    /** Returns all of them, at most {@link #STALE} old. */
    public List<StoredPolicy> at(long now) {
        Seen last = seen;
        if (last == null || now - last.at() > STALE.toNanos()) {
            last = new Seen(kept.read(), now);
            seen = last;
        }
        return last.policies();
    }

    /** Has them read anew by whoever asks next. */
    public void forget() {
        seen = null;
    }

    /** Keeps what a record declares with the data, before its first item is stored by this pool. */
    public void declare(TableName table, Class<?> type, List<ReferencePolicy> policies) {
        if (policies.isEmpty()) {
            return;
        }
        Declared declaration = new Declared(table, type);
        if (declared.contains(declaration)) {
            return;
        }
        kept.declare(
                policies.stream().map(policy -> StoredPolicy.of(table, policy)).toList());
        forget();
        declared.add(declaration);
    }

    /** Keeps what another layer keeps of a table that comes from there. */
    public void adopt(List<StoredPolicy> policies) {
        kept.declare(policies);
        forget();
    }
}
