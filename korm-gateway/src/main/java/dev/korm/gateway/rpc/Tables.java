package dev.korm.gateway.rpc;

import dev.korm.Pool;
import dev.korm.gateway.access.AccessPolicy;
import dev.korm.gateway.access.Identity;
import dev.korm.gateway.access.Right;
import dev.korm.gateway.access.TableAccess;
import dev.korm.gateway.query.FieldNames;
import dev.korm.gateway.query.QuerySpec;
import dev.korm.gateway.query.TableQueries;
import dev.korm.gateway.settings.Limits;
import dev.korm.gateway.wire.RefusedException;
import java.util.Optional;

/** The tables of a gateway, as each client has them. */
public final class Tables {
    private final Pool pool;
    private final AccessPolicy policy;
    private final Limits limits;

    public Tables(Pool pool, AccessPolicy policy, Limits limits) {
        this.pool = pool;
        this.policy = policy;
        this.limits = limits;
    }

    Pool pool() {
        return pool;
    }

    Limits limits() {
        return limits;
    }

    /** Returns the table, if there is one of that name for the client. */
    Optional<TableAccess> find(Identity client, String table) {
        return policy.access(client, table);
    }

    /** Returns the table, of which the client may do something. A table that it may not see is not told from one that is not there. */
    public TableAccess require(Identity client, String table, Right right) {
        if (table.isEmpty()) {
            throw RefusedException.bad("\"table\" is missing");
        }
        TableAccess access = find(client, table)
                .filter(found -> !found.rights().isEmpty())
                .orElseThrow(() -> new RefusedException("unknown_table", "There is no such table"));
        if (!access.may(right)) {
            throw RefusedException.forbidden("The policy does not allow " + right + " here");
        }
        return access;
    }

    /** Returns the fields of a table that the client may name. */
    public static FieldNames names(TableAccess access) {
        return new FieldNames(access.key(), access.hidden(), access.open());
    }

    /** Returns the question of a client's query. */
    public TableQueries.Question question(TableAccess access, QuerySpec spec) {
        return TableQueries.question(pool, access.collection(), access.rows(), names(access), spec, limits.rows());
    }
}
