package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.model.Node;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The id of an item, which paths name {@code rnId} as if it were a field. */
final class IdNode implements Node {
    static final Member MEMBER = new Member(TableName.ID, new IdNode());

    private IdNode() {}

    @Override
    public ColumnKind kind() {
        return ColumnKind.ID;
    }

    @Override
    public String typeName() {
        return "id";
    }

    @Override
    public boolean isOrdered() {
        return true;
    }

    @Override
    public Object constant(Object value, FieldPath path) {
        if (value instanceof String || value instanceof UUID) {
            return value.toString();
        }
        if (value instanceof Rn<?> rn && rn.id().isPresent()) {
            return rn.id().get();
        }
        throw new QueryException(
                path + " is the id of an item; compare it with a UUID, its text, or the RN of an item, not" + " with "
                        + value.getClass().getSimpleName());
    }

    @Override
    public @Nullable Object fromStored(@Nullable Object stored) {
        return stored;
    }

    @Override
    public Optional<Member> member(String name) {
        return Optional.empty();
    }

    @Override
    public List<String> memberNames() {
        return List.of();
    }

    @Override
    public Optional<Node> entry() {
        return Optional.empty();
    }

    @Override
    public Optional<Class<?>> reference() {
        return Optional.empty();
    }

    @Override
    public boolean isDynamic() {
        return false;
    }
}
