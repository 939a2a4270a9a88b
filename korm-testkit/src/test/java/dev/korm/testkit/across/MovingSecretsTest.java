package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.SealException;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What is sealed for one place is sealed anew for another when its item moves. */
@NullUnmarked // Tests dereference what they expect to be there.
class MovingSecretsTest {
    private static final byte[] KEY = new byte[32];

    record Card(Encrypted<String> number, int year) {}

    record Holder(String name, Encrypted<String> pin, List<Card> cards) {}

    @Test
    void sealed_fields_open_in_the_new_place_wherever_in_the_item_they_are() {
        try (Pool pool = Korm.pool()
                .layer("old", Sqlite.memory())
                .layer("new", MemoryLayer.create())
                .keys(KeyRing.of("k1", Map.of("k1", KEY)))
                .open()) {
            Items<Holder> holders = Korm.item(Holder.class, pool);
            Item<Holder> ada = holders.fromData(
                            "old",
                            "people",
                            "holder",
                            new Holder("Ada", Encrypted.of("1234"), List.of(new Card(Encrypted.of("5555"), 2030))))
                    .create();
            Korm.collection(Holder.class, pool)
                    .from("old", "people", "holder")
                    .to("new")
                    .move();
            Item<Holder> moved = holders.fromRn(ada.rn().from("new")).get();
            assertThat(moved.data().name()).isEqualTo("Ada");
            assertThat(moved.data().pin().reveal()).isEqualTo("1234");
            assertThat(moved.data().cards().get(0).number().reveal()).isEqualTo("5555");
            assertThat(moved.data().cards().get(0).year()).isEqualTo(2030);
            assertThat(holders.fromQuery("old", "people", "holder").count()).isZero();
        }
    }

    @Test
    void a_layer_gets_another_name_by_moving_what_is_in_it() {
        KeyRing ring = KeyRing.of("k1", Map.of("k1", KEY));
        MemoryLayer before = MemoryLayer.create();
        MemoryLayer after = MemoryLayer.create();
        String id;
        try (Pool pool = Korm.pool().layer("before", before).keys(ring).open()) {
            id = Korm.item(Holder.class, pool)
                    .fromData("people", "holder", new Holder("Ada", Encrypted.of("1234"), List.of()))
                    .create()
                    .rn()
                    .id()
                    .orElseThrow();
        }
        try (Pool renamed = Korm.pool().layer("after", before).keys(ring).open()) {
            Holder read = ada(renamed, id);
            assertThatThrownBy(read.pin()::reveal)
                    .isInstanceOfSatisfying(SealException.class, refused -> assertThat(refused.reason())
                            .isEqualTo(SealException.Reason.FOREIGN_OR_ALTERED));
        }
        try (Pool both = Korm.pool()
                .layer("before", before)
                .layer("after", after)
                .keys(ring)
                .open()) {
            Korm.collection(Holder.class, both)
                    .from("before", "people", "holder")
                    .to("after")
                    .move();
        }
        try (Pool renamed = Korm.pool().layer("after", after).keys(ring).open()) {
            assertThat(ada(renamed, id).pin().reveal()).isEqualTo("1234");
        }
    }

    private static Holder ada(Pool pool, String id) {
        return Korm.item(Holder.class, pool)
                .fromRn(Rn.collection("people", "holder").item(id).toString())
                .get()
                .data();
    }
}
