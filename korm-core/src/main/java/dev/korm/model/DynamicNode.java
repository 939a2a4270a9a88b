package dev.korm.model;

import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.codec.DynamicValue;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A document, or a value of which only the data tells what it is. */
final class DynamicNode implements Node {
    static final DynamicNode DOCUMENT = new DynamicNode("Document");
    static final DynamicNode VALUE = new DynamicNode("any value");

    private final String typeName;

    private DynamicNode(String typeName) {
        this.typeName = typeName;
    }

    @Override
    public ColumnKind kind() {
        return ColumnKind.OTHER;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public boolean isOrdered() {
        return true;
    }

    @Override
    public Object constant(Object value, FieldPath path) {
        try {
            return DynamicValue.constant(value);
        } catch (TypeMismatch misfit) {
            throw new QueryException("The field " + path + " cannot be compared with "
                    + Article.with(value.getClass().getSimpleName()) + ": " + misfit.reason());
        }
    }

    @Override
    public @Nullable Object fromStored(@Nullable Object stored) {
        try {
            return DynamicValue.normal(stored, 0);
        } catch (TypeMismatch beyond) {
            // An aggregate can be beyond what a document holds, such as the greatest of numbers that another program
            // wrote.
            return stored;
        }
    }

    @Override
    public Optional<Member> member(String name) {
        return Optional.of(new Member(name, VALUE));
    }

    @Override
    public List<String> memberNames() {
        return List.of();
    }

    @Override
    public Optional<Node> entry() {
        return Optional.of(VALUE);
    }

    @Override
    public Optional<Class<?>> reference() {
        return Optional.empty();
    }

    @Override
    public boolean isDynamic() {
        return true;
    }
}
