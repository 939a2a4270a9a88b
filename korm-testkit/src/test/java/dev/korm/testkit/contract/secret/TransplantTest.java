package dev.korm.testkit.contract.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.SealException;
import dev.korm.Stored;
import dev.korm.spi.LayerSource;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.Seed;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Payloads at random places of random items, whole and altered: only the one that was sealed for a place opens there. */
@NullUnmarked // Tests dereference what they expect to be there.
class TransplantTest extends SecretsWorld {
    private static final int TIMES = 10_000;
    private static final int ITEMS = 6;

    @Override
    protected LayerSource source() {
        return MemoryLayer.create();
    }

    @Stored(namespace = "people", kind = "rich")
    record Rich(
            Encrypted<String> token, Encrypted<String> other, List<Encrypted<String>> list, Map<String, Card> cards) {}

    @Stored(namespace = "people", kind = "poor")
    record Poor(
            Encrypted<String> token, Encrypted<String> other, List<Encrypted<String>> list, Map<String, Card> cards) {}

    /** Where a payload is. */
    private record Place(TableName table, Rn<?> rn, String column, String path) {}

    private static final List<String> PATHS =
            List.of("token", "other", "list[0]", "list[1]", "list[2]", "cards.a.number", "cards.b.number");

    private final Map<Place, Document> payloads = new HashMap<>();
    private final List<Place> places = new ArrayList<>();

    private void fill() {
        for (int i = 0; i < ITEMS; i++) {
            // One value everywhere: nothing but the place tells the payloads apart.
            Encrypted<String> same = Encrypted.of("the same");
            List<Encrypted<String>> list = List.of(Encrypted.of("the same"), Encrypted.of("the same"), same);
            Map<String, Card> cards =
                    Map.of("a", new Card("x", Encrypted.of("the same")), "b", new Card("y", Encrypted.of("the same")));
            boolean rich = i % 2 == 0;
            Rn<?> rn = rich
                    ? dev.korm.Korm.item(Rich.class, pool)
                            .fromData(new Rich(same, Encrypted.of("the same"), list, cards))
                            .create()
                            .rn()
                    : dev.korm.Korm.item(Poor.class, pool)
                            .fromData(new Poor(same, Encrypted.of("the same"), list, cards))
                            .create()
                            .rn();
            TableName table = TableName.items("people", rich ? "rich" : "poor");
            for (String path : PATHS) {
                String column = path.split("[\\[.]", 2)[0];
                Place place = new Place(table, rn, column, path);
                Document root = wrapped(column, cell(table, rn, column));
                payloads.put(place, root.document(path));
                places.add(place);
            }
        }
    }

    private static Document wrapped(String column, String json) {
        return Document.parse("{\"" + column + "\":" + json + "}");
    }

    private static String unwrapped(String column, Document root) {
        String json = root.toJson();
        return json.substring(column.length() + 4, json.length() - 1);
    }

    private Encrypted<?> read(Place place) {
        Item<Document> item = documents().fromRn(place.rn().toString()).get();
        return (Encrypted<?>) item.data().get(place.path()).orElseThrow();
    }

    private Encrypted<?> readTyped(Place place) {
        Function<Document, Encrypted<?>> none = any -> null;
        if (place.table().kind().equals("rich")) {
            Rich rich = dev.korm.Korm.item(Rich.class, pool)
                    .fromRn(place.rn().toString())
                    .get()
                    .data();
            return pick(place.path(), rich.token(), rich.other(), rich.list(), rich.cards());
        }
        Poor poor = dev.korm.Korm.item(Poor.class, pool)
                .fromRn(place.rn().toString())
                .get()
                .data();
        return pick(place.path(), poor.token(), poor.other(), poor.list(), poor.cards());
    }

    private static Encrypted<?> pick(
            String path,
            Encrypted<?> token,
            Encrypted<?> other,
            List<Encrypted<String>> list,
            Map<String, Card> cards) {
        return switch (path) {
            case "token" -> token;
            case "other" -> other;
            case "cards.a.number" -> cards.get("a").number();
            case "cards.b.number" -> cards.get("b").number();
            default -> list.get(path.charAt(5) - '0');
        };
    }

    private static Document altered(Document payload, Random random) {
        String member = List.of("value", "iv", "authTag", "value", "iv", "authTag", "kid", "dataType", "v")
                .get(random.nextInt(9));
        if (member.equals("v")) {
            return random.nextBoolean()
                    ? payload.without("v")
                    : payload.with("v", random.nextBoolean() ? 2 : 4 + random.nextInt(5));
        }
        StringBuilder text = new StringBuilder(payload.text(member));
        int at = random.nextInt(text.length());
        char old = text.charAt(at);
        char other = old;
        while (other == old) {
            other = "0123456789abcdef".charAt(random.nextInt(16));
        }
        text.setCharAt(at, other);
        return payload.with(member, text.toString());
    }

    @Test
    void no_payload_opens_where_it_was_not_sealed_nor_when_a_character_of_it_was_changed() {
        Random random = Seed.random(TransplantTest.class);
        pool.close();
        pool = open(keys("k1", dev.korm.key.KeyRing.DEFAULT_ID));
        fill();
        for (Place place : places) {
            assertThat(read(place).reveal()).as("%s", place).isEqualTo("the same");
            assertThat(readTyped(place).reveal()).isEqualTo("the same");
        }
        int refused = 0;
        int moved = 0;
        for (int i = 0; i < TIMES; i++) {
            Place to = places.get(random.nextInt(places.size()));
            Place from = places.get(random.nextInt(places.size()));
            boolean move = random.nextBoolean() && !from.equals(to);
            Document planted = move ? payloads.get(from) : altered(payloads.get(to), random);
            moved += move ? 1 : 0;
            String before = cell(to.table(), to.rn(), to.column());
            Document root = wrapped(to.column(), before);
            put(to.table(), to.rn(), to.column(), unwrapped(to.column(), root.with(to.path(), planted)));
            Encrypted<?> holder = random.nextBoolean() ? read(to) : readTyped(to);
            try {
                holder.reveal();
            } catch (SealException expected) {
                refused++;
            }
            put(to.table(), to.rn(), to.column(), before);
        }
        assertThat(refused).isEqualTo(TIMES);
        assertThat(moved).isGreaterThan(TIMES / 3);
        for (Place place : places) {
            assertThat(read(place).reveal()).isEqualTo("the same");
        }
    }
}
