package dev.korm.query;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.QueryException;
import dev.korm.SchemaException;
import dev.korm.Stored;
import dev.korm.model.Node;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Follows paths through tables: columns, JSON, joins for references. A path may fork (a reference can name items of several
 * kinds, each in a table of its own), so that it leads to a list of places of which at most one has a value.
 */
final class PathWalker {
    /** So many tables may be joined without looking whether they are referred to. */
    private static final int FEW = 2;

    /** An action at the end of a path. */
    interface End {
        Condition at(List<PathPosition.Value> places, Scope scope);
    }

    /** Returns the condition that holds when the end's does, for some value where the path has wildcards. */
    Condition walk(List<? extends PathPosition> from, FieldPath path, Scope scope, End end) {
        return walk(from, path, 0, scope, end);
    }

    /** Returns the positions that a path without wildcards leads to. */
    List<PathPosition.Value> lead(List<? extends PathPosition> from, FieldPath path, Scope scope) {
        List<? extends PathPosition> places = from;
        for (FieldPath.Step step : path.steps()) {
            places = step(places, step, path, scope);
        }
        return values(places);
    }

    private Condition walk(List<? extends PathPosition> at, FieldPath path, int index, Scope scope, End end) {
        if (index == path.steps().size()) {
            return end.at(values(at), scope);
        }
        FieldPath.Step step = path.steps().get(index);
        if (step instanceof FieldPath.EveryEntry || step instanceof FieldPath.EveryField) {
            List<Condition> some = new ArrayList<>();
            for (PathPosition place : at) {
                some.addAll(every(place, step, path, index, scope, end));
            }
            return some.size() == 1 ? some.get(0) : new Condition.Or(some);
        }
        return walk(step(at, step, path, scope), path, index + 1, scope, end);
    }

    private List<PathPosition> step(List<? extends PathPosition> at, FieldPath.Step step, FieldPath path, Scope scope) {
        List<PathPosition> next = new ArrayList<>();
        for (PathPosition place : at) {
            if (step instanceof FieldPath.Field field) {
                next.addAll(field(place, field.name(), path, scope));
            } else if (step instanceof FieldPath.Entry entry) {
                next.add(entry(place, entry, path));
            } else {
                throw new QueryException("The path " + path + " can lead to several values; name an entry, as in [0]");
            }
        }
        return next;
    }

    private List<PathPosition> field(PathPosition place, String name, FieldPath path, Scope scope) {
        if (place instanceof PathPosition.Item item) {
            return List.of(column(item, name, path));
        }
        PathPosition.Value value = (PathPosition.Value) place;
        value.requireFit(path, "A path");
        List<PathPosition> found = new ArrayList<>();
        Node node = value.node();
        if (mayRefer(value)) {
            for (PathPosition.Item item : follow(value, name, path, scope)) {
                found.add(column(item, name, path));
            }
        }
        if (node.reference().isEmpty() && holdsJson(value)) {
            Node.Member member = node.member(name).orElseThrow(() -> Paths.unknown(node, name, path));
            found.add(value.into(new JsonPath.Member(member.storedName()), member.node()));
        }
        return found;
    }

    /** Returns a column as a place; one that the table does not have yet is always null. */
    private static PathPosition.Value column(PathPosition.Item item, String name, FieldPath path) {
        Node.Member member = name.equals(TableName.ID)
                ? IdNode.MEMBER
                : item.node().member(name).orElseThrow(() -> Paths.unknown(item.node(), name, path));
        ColumnSchema column = item.schema().column(member.storedName()).orElse(null);
        if (column == null || (column.isHidden() && !name.equals(TableName.ID))) {
            return new PathPosition.Value(
                    new Operand.Absent(member.node().kind()),
                    JsonPath.ROOT,
                    member.node(),
                    item.tables(),
                    item.witness());
        }
        return new PathPosition.Value(
                new Operand.Column(item.source(), column.name(), column.kind()),
                JsonPath.ROOT,
                member.node(),
                item.tables(),
                item.schema(),
                item.witness(),
                PathPosition.Way.to(item.schema().table(), column));
    }

    private static PathPosition entry(PathPosition place, FieldPath.Entry entry, FieldPath path) {
        if (place instanceof PathPosition.Value value) {
            value.requireFit(path, "A path");
            Node node = value.node().entry().orElse(null);
            if (node != null) {
                return value.into(new JsonPath.Entry(entry.index()), node);
            }
        }
        throw new PathException("In the path " + path + ", an index follows something that is not a list");
    }

    private List<Condition> every(
            PathPosition place, FieldPath.Step step, FieldPath path, int index, Scope scope, End end) {
        if (place instanceof PathPosition.Value value) {
            value.requireFit(path, "A path");
        }
        if (step instanceof FieldPath.EveryField) {
            if (place instanceof PathPosition.Item item) {
                return everyColumn(item, path, index, scope, end);
            }
            PathPosition.Value value = (PathPosition.Value) place;
            List<Condition> some = new ArrayList<>();
            if (mayRefer(value)) {
                for (PathPosition.Item item : followAll(value, scope)) {
                    some.addAll(everyColumn(item, path, index, scope, end));
                }
            }
            if (value.node().reference().isEmpty() && holdsJson(value)) {
                some.addAll(everyMember(value, path, index, scope, end));
            }
            return some;
        }
        if (place instanceof PathPosition.Value value && holdsJson(value)) {
            Node entry = value.node()
                    .entry()
                    .orElseThrow(() -> new PathException("In the path " + path + ", [*] follows "
                            + value.node().typeName() + ", which is not a list"));
            return List.of(elements(value, Condition.Members.ENTRIES, entry, path, index, scope, end));
        }
        return List.of();
    }

    private List<Condition> everyColumn(PathPosition.Item item, FieldPath path, int index, Scope scope, End end) {
        List<String> names = new ArrayList<>(item.node().memberNames());
        if (names.isEmpty()) {
            for (ColumnSchema column : item.schema().columns()) {
                if (!column.isHidden()) {
                    names.add(column.name());
                }
            }
        }
        List<PathPosition> places = new ArrayList<>();
        for (String name : names) {
            places.add(column(item, name, path));
        }
        return fitting(places, path, index, scope, end);
    }

    private List<Condition> everyMember(PathPosition.Value value, FieldPath path, int index, Scope scope, End end) {
        Node node = value.node();
        if (!node.memberNames().isEmpty()) {
            List<PathPosition> places = new ArrayList<>();
            for (String name : node.memberNames()) {
                Node.Member member = node.member(name).orElseThrow();
                places.add(value.into(new JsonPath.Member(member.storedName()), member.node()));
            }
            return fitting(places, path, index, scope, end);
        }
        Node inner =
                node.entry().or(() -> node.member("").map(Node.Member::node)).orElse(Paths.ANYTHING);
        return List.of(elements(value, Condition.Members.ENTRIES_OR_VALUES, inner, path, index, scope, end));
    }

    /**
     * Returns one condition for each position that the rest of the path and the constant fit; fails only when none
     * does.
     */
    private List<Condition> fitting(List<PathPosition> places, FieldPath path, int index, Scope scope, End end) {
        List<Condition> some = new ArrayList<>();
        RuntimeException unfit = null;
        for (PathPosition place : places) {
            try {
                some.add(walk(List.of(place), path, index + 1, scope, end));
            } catch (QueryException | PathException doesNotFit) {
                unfit = doesNotFit;
            }
        }
        if (some.isEmpty() && unfit != null) {
            throw unfit;
        }
        return some;
    }

    private Condition elements(
            PathPosition.Value container,
            Condition.Members members,
            Node node,
            FieldPath path,
            int index,
            Scope scope,
            End end) {
        int source = scope.newSource();
        Scope inner = scope.inner();
        PathPosition element = container.element(source, members, node);
        Condition condition = walk(List.of(element), path, index + 1, inner, end);
        return new Condition.AnyElement(source, container.as(ColumnKind.JSON), members, inner.joins(), condition);
    }

    private static boolean mayRefer(PathPosition.Value value) {
        if (value.node().reference().isPresent()) {
            return true;
        }
        if (!value.node().isDynamic()) {
            return false;
        }
        return value.base().kind() == ColumnKind.RN || value.base().kind() == ColumnKind.JSON;
    }

    private static boolean holdsJson(PathPosition.Value value) {
        return value.base().kind() == ColumnKind.JSON;
    }

    /**
     * Returns the items that a value refers to, in every table that can hold them and has the field which the path goes
     * on with.
     */
    private List<PathPosition.Item> follow(PathPosition.Value value, String field, FieldPath path, Scope scope) {
        Node target = Paths.referenced(value.node());
        Node.Member member = field.equals(TableName.ID)
                ? IdNode.MEMBER
                : target.member(field).orElseThrow(() -> Paths.unknown(target, field, path));
        Class<?> type = value.node().reference().orElse(Document.class);
        Optional<Stored> home = Optional.ofNullable(type.getAnnotation(Stored.class));
        List<Misfit> misfits = new ArrayList<>();
        List<PathPosition.Item> items = joins(
                value,
                tables -> tables.items(member.storedName(), type).stream()
                        .filter(schema -> canHold(schema, member, tables, misfits))
                        .toList(),
                target,
                scope);
        for (Misfit misfit : misfits) {
            if (home.isPresent() ? misfit.isOf(home.get()) : items.isEmpty() && misfit.isNamedBy(value)) {
                throw misfit.refusal(path);
            }
        }
        return items;
    }

    /** A table that has the field's column, of a kind that the field's values cannot have. It may be of other items. */
    private record Misfit(TableSchema schema, Operand.Column column, PathPosition.Value place) {
        /** Returns whether it is where the items of a record are. */
        boolean isOf(Stored home) {
            return schema.table().equals(TableName.items(home.namespace(), home.kind()));
        }

        /** Returns whether a reference at a place is one to an item of it. */
        boolean isNamedBy(PathPosition.Value reference) {
            return reference.refersTo(place.tables().layer(), schema.table());
        }

        SchemaException refusal(FieldPath path) {
            return place.misfit(column, path, "A path");
        }
    }

    /** Returns whether a table has the column of a field, of a kind that the field's values can have. */
    private static boolean canHold(TableSchema schema, Node.Member member, Tables tables, List<Misfit> misfits) {
        ColumnSchema there = schema.column(member.storedName()).orElse(null);
        if (there == null) {
            return false;
        }
        Operand.Column column = new Operand.Column(0, there.name(), there.kind());
        PathPosition.Value place =
                new PathPosition.Value(column, JsonPath.ROOT, member.node(), tables, schema, null, null);
        if (!place.isFit()) {
            misfits.add(new Misfit(schema, column, place));
        }
        return member.node().isDynamic() || !(place.stored(member.node().kind()) instanceof Operand.Absent);
    }

    private List<PathPosition.Item> followAll(PathPosition.Value value, Scope scope) {
        return joins(value, Tables::items, Paths.referenced(value.node()), scope);
    }

    /** Tables that may hold what a reference names. */
    private interface Candidates {
        List<TableSchema> in(Tables tables);
    }

    /** Returns the items of all layers that a value may refer to. */
    private static List<PathPosition.Item> joins(
            PathPosition.Value value, Candidates candidates, Node target, Scope scope) {
        List<PathPosition.Item> items = new ArrayList<>(joins(value, value.tables(), candidates, target, scope));
        if (!(value.base() instanceof Operand.Absent)) {
            for (Tables neighbour : value.tables().neighbours()) {
                items.addAll(joins(value, neighbour, candidates, target, scope));
            }
        }
        return items;
    }

    private static List<PathPosition.Item> joins(
            PathPosition.Value value, Tables tables, Candidates candidates, Node target, Scope scope) {
        CrossLayerJoin crossLayerJoin = new CrossLayerJoin(value.tables().layer(), tables.layer());
        List<PathPosition.Item> items = new ArrayList<>();
        for (TableSchema schema : named(value, tables, candidates.in(tables))) {
            int source = scope.join(value.as(ColumnKind.RN), crossLayerJoin, schema.table());
            items.add(new PathPosition.Item(source, schema, target, tables));
        }
        return items;
    }

    /** Reduces many tables to those that are referred to; looking costs less than a join of each. */
    private static List<TableSchema> named(PathPosition.Value value, Tables tables, List<TableSchema> candidates) {
        if (candidates.size() <= FEW || value.holder() == null || !(value.base() instanceof Operand.Column)) {
            return candidates;
        }
        return candidates.stream()
                .filter(schema -> value.refersTo(tables.layer(), schema.table()))
                .toList();
    }

    private static List<PathPosition.Value> values(List<? extends PathPosition> places) {
        List<PathPosition.Value> values = new ArrayList<>(places.size());
        for (PathPosition place : places) {
            values.add((PathPosition.Value) place);
        }
        return values;
    }
}
