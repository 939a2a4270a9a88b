package dev.korm.query;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.QueryException;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.Node;
import dev.korm.model.row.UnknownField;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows paths through types, before any table is looked at. */
public final class Paths {
    /** A value of which nothing is known. */
    static final Node ANYTHING = Models.of(Document.class).root();

    private Paths() {}

    /**
     * Returns the node that a path leads to.
     *
     * @throws PathException when a step names no field, or the path was made from accessors of another record
     */
    public static Node follow(Model<?> model, FieldPath path) {
        Optional<Class<?>> root = path.root();
        if (root.isPresent()
                && !root.get().isAssignableFrom(model.type())
                && !model.root().isDynamic()) {
            throw new PathException("The path " + path + " begins with an accessor of "
                    + root.get().getSimpleName() + ", but the items are of "
                    + model.type().getSimpleName());
        }
        return follow(model.root(), path);
    }

    /**
     * Returns whether there can be a reference on the path, or a reference or file at its end.
     *
     * @throws PathException when a step names no field
     */
    public static boolean meetsReference(Model<?> model, FieldPath path) {
        Node end = follow(model, path);
        if (end.isDynamic() || end.isFile() || end.reference().isPresent()) {
            return true;
        }
        for (int length = 1; length < path.steps().size(); length++) {
            Node node = follow(model.root(), FieldPath.of(path.steps().subList(0, length)));
            if (node.isDynamic() || node.reference().isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the path to the entries or values of the list or map that a path leads to, where these can be resolved. */
    public static Optional<FieldPath> toEntries(Model<?> model, FieldPath path) {
        Node end = follow(model, path);
        FieldPath.Step step = end.entry().isPresent() ? new FieldPath.EveryEntry() : new FieldPath.EveryField();
        if (end.entry().isEmpty() && end.member("").isEmpty()) {
            return Optional.empty();
        }
        List<FieldPath.Step> steps = new ArrayList<>(path.steps());
        steps.add(step);
        return Optional.of(FieldPath.of(steps)).filter(entries -> meetsReference(model, entries));
    }

    /** Returns the node that a path leads to, from another node on. */
    static Node follow(Node from, FieldPath path) {
        Node node = from;
        boolean item = true;
        for (FieldPath.Step step : path.steps()) {
            node = step(node, step, path, item);
            item = false;
            if (node.isDynamic()) {
                return node;
            }
        }
        return node;
    }

    /** Checks that greater and less mean something. */
    public static void requireOrder(Node node, FieldPath path) {
        requireOpen(node.kind(), path, "An order or aggregate");
        if (!node.isDynamic() && !node.isOrdered()) {
            throw new QueryException("Values of type " + node.typeName() + " have no order, so " + path
                    + " cannot be used in gt, lt, between or orderBy");
        }
    }

    /** Checks that the store can look into values: of sealed ones it sees only whether there is one. */
    public static void requireOpen(ColumnKind kind, FieldPath path, String use) {
        if (kind == ColumnKind.ENCRYPTED) {
            throw sealed(path, use);
        }
    }

    static QueryException sealed(FieldPath path, String use) {
        return new QueryException(use + " cannot look into " + path
                + ", which is sealed or hashed; only isNull and exists work on it, and eq, ne and inList on an"
                + " Encrypted field that is @Searchable. Filter by another field, and call reveal() on the results");
    }

    /** Checks a path that must lead to one value. */
    public static void requireSingle(FieldPath path, String use) {
        if (path.isMany()) {
            throw new QueryException(use + " needs one value for each item, but " + path
                    + " can lead to several; name an entry, as in [0]");
        }
    }

    private static Node step(Node at, FieldPath.Step step, FieldPath path, boolean root) {
        Node node = referenced(at);
        boolean item = root || at.reference().isPresent();
        if (step instanceof FieldPath.Field field) {
            if (item && field.name().equals(TableName.ID)) {
                return IdNode.MEMBER.node();
            }
            if (node.kind() == ColumnKind.ENCRYPTED) {
                throw sealed(path, "A path");
            }
            return node.member(field.name())
                    .map(Node.Member::node)
                    .orElseThrow(() -> unknown(node, field.name(), path));
        }
        if (step instanceof FieldPath.EveryField) {
            if (node.memberNames().isEmpty()
                    && node.entry().isEmpty()
                    && node.member("").isEmpty()) {
                throw new PathException(
                        "In the path " + path + ", .* follows " + node.typeName() + ", which has no fields");
            }
            return node.entry().or(() -> node.member("").map(Node.Member::node)).orElse(ANYTHING);
        }
        return node.entry()
                .orElseThrow(() -> new PathException(
                        "In the path " + path + ", an index follows " + node.typeName() + ", which is not a list"));
    }

    /** Returns the node that a reference leads to; any other node itself. */
    static Node referenced(Node node) {
        return node.reference().<Node>map(type -> Models.of(type).root()).orElse(node);
    }

    static PathException unknown(Node node, String name, FieldPath path) {
        PathException unknown = UnknownField.error(name, node.typeName(), path, node.memberNames());
        return name.equalsIgnoreCase("id") || name.equalsIgnoreCase(TableName.ID)
                ? new PathException(unknown.getMessage() + "; the path to an item's own id is " + TableName.ID)
                : unknown;
    }
}
