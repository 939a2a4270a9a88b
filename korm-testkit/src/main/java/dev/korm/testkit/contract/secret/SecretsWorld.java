package dev.korm.testkit.contract.secret;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Password;
import dev.korm.PasswordHasher;
import dev.korm.PasswordProfile;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.key.KeyRing;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.testkit.LeakCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool of one layer, {@code main}, whose items have secrets, and a view of what the store really holds. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class SecretsWorld {
    /** Cheap on purpose: what it costs to hash is not what is tested. */
    public static final PasswordHasher CHEAP =
            PasswordHasher.builder().profile(new PasswordProfile(64, 1, 1)).build();

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    LayerSource source;
    public Pool pool;
    /** The store behind the pool's back. */
    public Layer store;

    /**
     * Returns the layer to hold against the contract; each test begins with an empty one, which may be opened several
     * times.
     */
    protected abstract LayerSource source();

    @BeforeEach
    void openPool() {
        source = leaks.watch(source());
        pool = open(keys("k1"));
        store = source.open("store", Environment.system());
    }

    @AfterEach
    void closePool() {
        pool.close();
        store.close();
    }

    final Pool open(KeyRing ring) {
        return Korm.pool().layer("main", source).keys(ring).open();
    }

    /** Creates keys from their ids; the first is the current one. */
    public static KeyRing keys(String... ids) {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        for (String id : ids) {
            byte[] key = new byte[32];
            for (int i = 0; i < key.length; i++) {
                key[i] = (byte) (31 * i + id.hashCode());
            }
            keys.put(id, key);
        }
        return KeyRing.of(ids[0], keys);
    }

    public static Password hash(String password) {
        return CHEAP.hash(password.toCharArray());
    }

    /** A card. */
    public record Card(String holder, Encrypted<String> number) {}

    /** A person with secrets, on the top level and further in. */
    @Stored(namespace = "people", kind = "plain")
    record Person(
            String name,
            @Nullable Encrypted<String> token,
            @Nullable Encrypted<String> other,
            @Nullable Password password,
            List<Encrypted<Integer>> pins,
            Map<String, Card> cards,
            @Nullable Card card,
            Optional<Encrypted<String>> maybe,
            @Nullable Document notes,
            Optional<Rn<Person>> friend) {
        static Person of(String name, String token) {
            return new Person(
                    name,
                    Encrypted.of(token),
                    null,
                    null,
                    List.of(),
                    Map.of(),
                    null,
                    Optional.empty(),
                    null,
                    Optional.empty());
        }

        Person withOther(Encrypted<String> secret) {
            return new Person(name, token, secret, password, pins, cards, card, maybe, notes, friend);
        }

        Person withPassword(Password hash) {
            return new Person(name, token, other, hash, pins, cards, card, maybe, notes, friend);
        }

        Person withPins(List<Encrypted<Integer>> secrets) {
            return new Person(name, token, other, password, secrets, cards, card, maybe, notes, friend);
        }

        Person withCards(Map<String, Card> others) {
            return new Person(name, token, other, password, pins, others, card, maybe, notes, friend);
        }

        Person withCard(Card one) {
            return new Person(name, token, other, password, pins, cards, one, maybe, notes, friend);
        }

        Person withMaybe(Encrypted<String> secret) {
            return new Person(name, token, other, password, pins, cards, card, Optional.of(secret), notes, friend);
        }

        Person withNotes(Document document) {
            return new Person(name, token, other, password, pins, cards, card, maybe, document, friend);
        }

        Person withFriend(Rn<Person> rn) {
            return new Person(name, token, other, password, pins, cards, card, maybe, notes, Optional.of(rn));
        }
    }

    static final TableName PEOPLE = TableName.items("people", "plain");

    final Items<Person> people() {
        return Korm.item(Person.class, pool);
    }

    final Items<Document> documents() {
        return Korm.item(Document.class, pool);
    }

    final Person read(Rn<Person> rn) {
        return people().fromRn(rn.toString()).get().data();
    }

    final String cell(Rn<?> rn, String column) {
        return cell(PEOPLE, rn, column);
    }

    /** Returns the stored value of a cell. */
    public final String cell(TableName table, Rn<?> rn, String column) {
        ColumnSchema schema = schema(table, column);
        Condition where = new Condition.Compare(
                new Operand.Column(0, TableName.ID, ColumnKind.ID),
                Condition.Comparison.EQUAL,
                rn.id().orElseThrow());
        List<Output> outputs = List.of(new Output.Value(new Operand.Column(0, column, schema.kind())));
        try (RowCursor row = store.select(
                new Selection(table, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty()))) {
            return row.next() ? (String) row.get(0) : null;
        }
    }

    final ColumnSchema schema(TableName table, String column) {
        return store.describe(table).orElseThrow().column(column).orElseThrow();
    }

    final void put(Rn<?> rn, String column, String value) {
        put(PEOPLE, rn, column, value);
    }

    /** Writes into the store behind korm's back. */
    public final void put(TableName table, Rn<?> rn, String column, String value) {
        BatchResult result = store.apply(Batch.of(List.of(new Mutation.Update(
                table,
                rn.id().orElseThrow(),
                OptionalLong.empty(),
                List.of(schema(table, column)),
                Row.of(new Object[] {value})))));
        if (!(result instanceof BatchResult.Applied)) {
            throw new IllegalStateException("The store refuses: " + result);
        }
    }
}
