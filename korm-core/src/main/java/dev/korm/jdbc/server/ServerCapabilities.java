package dev.korm.jdbc.server;

import dev.korm.jdbc.sql.ColumnReader;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;

/** The abilities that layers on servers have alike. */
final class ServerCapabilities {
    private ServerCapabilities() {}

    static Capabilities of(Capabilities.Access access, int constants, int joins, int conditions) {
        return Capabilities.LEAST
                .withAccess(access)
                .with(
                        Feature.HELD_TRANSACTIONS,
                        Feature.DURABLE,
                        Feature.JOINS,
                        Feature.TOKENS,
                        Feature.FENCES,
                        Feature.ROW_GUARDS,
                        Feature.SNAPSHOTS,
                        Feature.CHANGE_FEED,
                        Feature.EXISTING_TABLES,
                        Feature.COLUMN_EXCHANGE)
                .withPushdown(ServerCapabilities::evaluates)
                .withParameterLimit(constants)
                .withJoinLimit(joins)
                .withConditionLimit(conditions);
    }

    /** Tells all conditions from comparisons of a column whose type korm does not know: the constant would have to be of that type. */
    private static boolean evaluates(Condition condition) {
        boolean compares = condition instanceof Condition.Compare || condition instanceof Condition.OneOf;
        return !compares
                || condition.operands().stream()
                        .allMatch(operand -> operand.kind() != ColumnKind.OTHER || ColumnReader.isScalar(operand));
    }
}
