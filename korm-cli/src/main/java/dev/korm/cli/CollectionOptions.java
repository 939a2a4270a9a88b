package dev.korm.cli;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Pool;
import dev.korm.Query;
import dev.korm.Rn;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The parameters that say which items of a pool a command is about. */
@SuppressWarnings("NullAway.Init") // picocli fills it.
final class CollectionOptions {
    @Parameters(
            index = "0",
            paramLabel = "COLLECTION",
            description =
                    "The collection: namespace:kind, layer/namespace:kind where the pool has several layers, or an RN such as [rn][from::main]:users:user:*.")
    private String collection;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILTER",
            description =
                    "Which items, all by default: age >= 18 and (name like 'A%%' or owner.city in ('Rome', 'Bern')). Texts stand in single quotes; =, !=, <, <=, >, >=, in, between, like, ilike, contains, icontains, is null, is not null, exists(path), any(path, filter), not, and, or.")
    private @Nullable String filter;

    @Option(
            names = "--order",
            paramLabel = "PATHS",
            description = "The order, such as \"age desc, name\"; by default that of the ids.")
    private @Nullable String order;

    @Option(names = "--with-deleted", description = "Also items that are deleted and kept.")
    private boolean withDeleted;

    /** Returns the question. */
    Query<Document> query(Pool pool) {
        Query<Document> query = Korm.item(Document.class, pool).fromQuery(rn());
        if (filter != null) {
            query = query.where(FilterText.parse(filter));
        }
        if (order != null) {
            query = query.orderBy(
                    Arrays.stream(order.split(",")).map(CollectionOptions::key).toArray(Order[]::new));
        }
        return withDeleted ? query.includeDeleted() : query;
    }

    private Rn<Document> rn() {
        return rn(collection);
    }

    /** Returns the name of the collection that a text means. */
    static Rn<Document> rn(String collection) {
        if (Rn.isRn(collection)) {
            Rn<Document> rn = Rn.parse(collection);
            if (!rn.isDepot()) {
                return rn.collection();
            }
        }
        int slash = collection.indexOf('/');
        String[] names = collection.substring(slash + 1).split(":", -1);
        if (names.length != 2) {
            throw new Failure("No collection: expected namespace:kind, or layer/namespace:kind", null);
        }
        Rn<Document> rn = Rn.collection(names[0], names[1]);
        return slash < 0 ? rn : rn.from(collection.substring(0, slash));
    }

    private static Order key(String text) {
        String[] words = text.strip().split("\\s+");
        String direction = words.length == 1 ? "asc" : words[1].toLowerCase(Locale.ROOT);
        if (words.length > 2 || (!direction.equals("asc") && !direction.equals("desc"))) {
            throw new Failure(
                    "The order is not valid: expected paths with asc or desc behind, and commas between", null);
        }
        return direction.equals("asc") ? Order.asc(words[0]) : Order.desc(words[0]);
    }

    /** Returns an item as a line of JSON: its RN, revision and data, or what is to be shown of the data. */
    static String line(Item<Document> item, Document data) {
        return Document.builder()
                .put("rn", item.rn())
                .put("revision", item.revision())
                .put("data", data)
                .build()
                .toJson();
    }

    static String counted(long items) {
        return items == 1 ? "1 item" : items + " items";
    }

    /** Refuses a name or a filter that is not valid, before a pool is opened. */
    void check() {
        rn();
        if (filter != null) {
            FilterText.parse(filter);
        }
    }
}
