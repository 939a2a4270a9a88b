package dev.korm.testkit.contract;

import static dev.korm.Assignment.set;
import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.inList;
import static dev.korm.Filter.like;
import static dev.korm.Filter.ne;
import static dev.korm.Filter.not;
import static dev.korm.Normalized.Form.IGNORE_CASE;
import static dev.korm.Normalized.Form.NFKC;
import static dev.korm.Normalized.Form.TRIM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.Document;
import dev.korm.DuplicateException;
import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Normalized;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.Unique;
import dev.korm.UniqueTogether;
import dev.korm.testkit.ConcurrentTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The behaviour of a field that is unique from now on. Every layer passes it. */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class UniquenessContract extends PoolContract {
    /** As it was. */
    public record Plain(String email, int age) {}

    /** As it is now. */
    public record Guarded(Unique<String> email, int age) {}

    private Items<Plain> plain() {
        return Korm.item(Plain.class, pool());
    }

    private Items<Guarded> guarded() {
        return Korm.item(Guarded.class, pool());
    }

    private Item<Plain> store(String email) {
        return plain().fromData("people", "plain", new Plain(email, 1)).create();
    }

    private FloatingItem<Guarded> guard(String email) {
        return guarded().fromData("people", "plain", new Guarded(email == null ? null : Unique.of(email), 2));
    }

    @Test
    void rows_that_were_there_before_are_guarded_too() {
        List<FloatingItem<Plain>> many = IntStream.range(0, 1200)
                .mapToObj(i -> plain().fromData("people", "plain", new Plain("mail" + i, i)))
                .toList();
        Korm.createAll(many);
        guard("new").create();
        for (String taken : List.of("mail0", "mail600", "mail1199", "new")) {
            assertThatThrownBy(() -> guard(taken).create()).isInstanceOf(DuplicateException.class);
        }
        assertThatThrownBy(() -> store("mail7")).isInstanceOf(DuplicateException.class);
        assertThat(guarded().fromQuery("people", "plain").count()).isEqualTo(1201);
    }

    @Test
    void rows_that_clash_are_named_and_nothing_is_guarded_before_they_are_mended() {
        Item<Plain> one = store("same");
        Item<Plain> other = store("same");
        store("different");
        DuplicateException error = catchThrowableOfType(
                DuplicateException.class, () -> guard("new").create());
        assertThat(error.fields()).containsExactly("email");
        assertThat(error.getMessage())
                .contains(one.rn().id().orElseThrow(), other.rn().id().orElseThrow())
                .doesNotContain("same");
        Rn<Guarded> doubled = Rn.parse(other.rn().toString());
        guarded().fromRn(doubled).get().delete();
        guard("new").create();
        assertThatThrownBy(() -> guard("same").create()).isInstanceOf(DuplicateException.class);
    }

    @Test
    void becoming_unique_is_no_change_of_an_item() {
        Item<Plain> held = store("old");
        guard("new").create();
        assertThat(held.reload()).isEqualTo(held);
        assertThat(held.set(Plain::age, 7).commit().revision()).isEqualTo(held.revision() + 1);
    }

    @Test
    void null_may_repeat() {
        guard(null).create();
        guard(null).create();
        assertThat(guarded().fromQuery("people", "plain").count()).isEqualTo(2);
    }

    /** Unique together with its tenant, whatever its case and the spaces around it. */
    @UniqueTogether({"tenant", "email"})
    public record Member(
            @Nullable String tenant,
            @Normalized({TRIM, IGNORE_CASE}) @Nullable String email,
            int age) {}

    /** The record before anything was unique. */
    public record Loose(@Nullable String tenant, @Nullable String email, int age) {}

    /** A program that does not know of tenants. */
    public record Tenantless(String email, int age) {}

    private Items<Member> members() {
        return Korm.item(Member.class, pool());
    }

    private Item<Member> join(@Nullable String tenant, @Nullable String email) {
        return members()
                .fromData("people", "members", new Member(tenant, email, 1))
                .create();
    }

    private Item<Loose> loosely(String tenant, String email) {
        return Korm.item(Loose.class, pool())
                .fromData("people", "members", new Loose(tenant, email, 1))
                .create();
    }

    @Test
    void fields_are_unique_together_and_not_each_by_itself() {
        Item<Member> fred = join("a", "fred");
        join("a", "wilma");
        join("b", "fred");
        DuplicateException error = catchThrowableOfType(DuplicateException.class, () -> join("a", "fred"));
        assertThat(error.fields()).containsExactlyInAnyOrder("tenant", "email");
        assertThat(error.holder()).contains(fred.rn());
        assertThat(error.getMessage()).contains("email", "tenant").doesNotContain("fred");
    }

    @Test
    void what_a_normalised_part_leaves_out_makes_no_difference_and_is_stored() {
        join("a", "  Fred");
        assertThatThrownBy(() -> join("a", "fRED ")).isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> loosely("a", "FRED")).isInstanceOf(DuplicateException.class);
        join("A", "fred");
        assertThat(members()
                        .fromQuery("people", "members")
                        .where(eq("tenant", "a"))
                        .get())
                .extracting(item -> item.data().email())
                .containsExactly("  Fred");
    }

    @Test
    void with_a_null_among_them_fields_clash_with_none() {
        join(null, "fred");
        join(null, "fred");
        join("a", null);
        Item<Member> last = join("a", null);
        join("a", "fred");
        assertThatThrownBy(() -> last.set(Member::email, "fred").commit()).isInstanceOf(DuplicateException.class);
        last.set(Member::email, "betty").commit();
    }

    @Test
    void a_change_of_one_of_the_fields_counts() {
        join("a", "fred");
        Item<Member> other = join("b", "fred");
        assertThatThrownBy(() -> other.set(Member::tenant, "a").commit()).isInstanceOf(DuplicateException.class);
        Item<Member> away = other.set(Member::tenant, "c").commit();
        join("b", "fred");
        assertThatThrownBy(() -> away.set(Member::tenant, "b").commit()).isInstanceOf(DuplicateException.class);
        assertThat(away.set(Member::age, 7).commit().data()).isEqualTo(new Member("c", "fred", 7));
    }

    @Test
    void a_change_of_many_items_keeps_each_with_what_its_other_field_holds() {
        join("a", "fred");
        join("b", "wilma");
        Query<Member> all = members().fromQuery("people", "members").where(everything());
        assertThat(all.updateAll(set("tenant", "c"))).isEqualTo(2);
        assertThatThrownBy(() -> join("c", "wilma")).isInstanceOf(DuplicateException.class);
        join("b", "wilma");
        DuplicateException error =
                catchThrowableOfType(DuplicateException.class, () -> all.updateAll(set("email", "same")));
        assertThat(error.fields()).containsExactlyInAnyOrder("tenant", "email");
        assertThat(all.updateAll(set("age", 9))).isEqualTo(3);
        assertThatThrownBy(() -> all.updateAll(set("tenant", "x"), set("email", "y")))
                .isInstanceOf(DuplicateException.class);
        assertThat(members()
                        .fromQuery("people", "members")
                        .where(eq("email", "fred"))
                        .updateAll(set("tenant", "x"), set("email", "y")))
                .isEqualTo(1);
        assertThatThrownBy(() -> join("x", "Y")).isInstanceOf(DuplicateException.class);
    }

    @Test
    void whoever_writes_the_collection_keeps_its_fields_unique() {
        join("a", "fred");
        Items<Document> documents = documents();
        Document same = Document.of(Map.of("tenant", "a", "email", "Fred"));
        assertThatThrownBy(() -> documents.fromData("people", "members", same).create())
                .isInstanceOf(DuplicateException.class);
        Item<Document> other = documents
                .fromData("people", "members", same.with("tenant", "b"))
                .create();
        assertThatThrownBy(() -> other.set("tenant", "a").commit()).isInstanceOf(DuplicateException.class);
        assertThatThrownBy(() -> documents
                        .fromQuery("people", "members")
                        .where(everything())
                        .updateAll(set("tenant", "c"), set("email", "fred")))
                .isInstanceOf(DuplicateException.class);
        Item<Tenantless> unaware = Korm.item(Tenantless.class, pool())
                .fromData("people", "members", new Tenantless("barney", 1))
                .create();
        unaware.set(Tenantless::age, 2).commit();
        assertThatThrownBy(() -> unaware.set(Tenantless::email, "fred").commit())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no field tenant")
                .hasMessageNotContaining("fred");
    }

    @Test
    void fields_that_become_unique_together_guard_the_rows_that_were_there() {
        for (int i = 0; i < 700; i++) {
            loosely("t" + i % 7, "mail" + i);
        }
        Item<Loose> held = loosely("t0", "held");
        join("t0", "new");
        for (String taken : List.of("mail0", "MAIL693", "held", "new")) {
            assertThatThrownBy(() -> join("t0", taken)).isInstanceOf(DuplicateException.class);
        }
        join("t1", "mail0");
        assertThat(held.reload()).isEqualTo(held);
        assertThat(held.set(Loose::age, 7).commit().revision()).isEqualTo(held.revision() + 1);
    }

    @Test
    void rows_that_clash_in_several_fields_are_named() {
        Item<Loose> one = loosely("a", "same");
        Item<Loose> other = loosely("a", "SAME ");
        loosely("b", "same");
        Rn<Member> collection = Rn.collection("people", "members");
        DuplicateException error =
                catchThrowableOfType(DuplicateException.class, () -> members().prepare(collection));
        assertThat(error.fields()).containsExactlyInAnyOrder("tenant", "email");
        assertThat(error.getMessage())
                .contains(one.rn().id().orElseThrow(), other.rn().id().orElseThrow())
                .doesNotContainIgnoringCase("same");
        other.delete();
        members().prepare(collection);
        assertThatThrownBy(() -> join("a", "same")).isInstanceOf(DuplicateException.class);
    }

    @ConcurrentTest
    void of_many_who_write_the_same_at_once_one_succeeds() throws Exception {
        join("first", "first");
        int writers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            for (int round = 0; round < 10; round++) {
                String email = "mail" + round;
                CyclicBarrier start = new CyclicBarrier(writers);
                List<Future<Object>> results = new ArrayList<>();
                for (int writer = 0; writer < writers; writer++) {
                    results.add(threads.submit(() -> {
                        start.await();
                        try {
                            return join("a", email).rn();
                        } catch (DuplicateException taken) {
                            return taken.holder().orElseThrow();
                        }
                    }));
                }
                Set<Object> holders = new HashSet<>();
                for (Future<Object> result : results) {
                    holders.add(result.get());
                }
                assertThat(holders).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(members().fromQuery("people", "members").count()).isEqualTo(11);
    }

    /** Told apart by what is left when case, spaces and the shape of letters are not looked at. */
    public record Folded(
            @Normalized({NFKC, TRIM, IGNORE_CASE}) @Nullable Unique<String> email, int age) {}

    /** A letter to somebody. */
    public record Letter(Rn<Folded> to, @Nullable Rn<Folded> copy) {}

    private Items<Folded> folded() {
        return Korm.item(Folded.class, pool());
    }

    private Item<Folded> fold(@Nullable String email) {
        return folded().fromData("people", "plain", new Folded(email == null ? null : Unique.of(email), 1))
                .create();
    }

    private List<String> foldedWhere(Filter filter) {
        return folded().fromQuery("people", "plain").where(filter).get().stream()
                .map(item -> item.data().email() == null
                        ? "null"
                        : item.data().email().value())
                .sorted()
                .toList();
    }

    @Test
    void a_normalised_text_is_found_by_any_of_its_spellings() {
        fold(" Fred@X.org");
        fold("\uFB01sh"); // the ligature of f and i
        fold("STRASSE");
        fold(null);
        assertThat(foldedWhere(eq("email", "fred@x.ORG "))).containsExactly(" Fred@X.org");
        assertThat(foldedWhere(eq("email", "FISH"))).containsExactly("\uFB01sh");
        assertThat(foldedWhere(eq("email", "stra\u00DFe"))).containsExactly("STRASSE");
        assertThat(foldedWhere(ne("email", "fish"))).containsExactly(" Fred@X.org", "STRASSE");
        assertThat(foldedWhere(not(eq("email", "fish")))).containsExactly(" Fred@X.org", "STRASSE");
        assertThat(foldedWhere(inList("email", "FISH", "strasse", "none"))).containsExactly("STRASSE", "\uFB01sh");
        assertThat(foldedWhere(not(inList("email", "FISH", "strasse")))).containsExactly(" Fred@X.org");
        assertThat(foldedWhere(inList("email", "FISH", null))).containsExactly("null", "\uFB01sh");
        assertThat(foldedWhere(eq("email", null))).containsExactly("null");
        assertThat(foldedWhere(like("email", "%Fred%"))).containsExactly(" Fred@X.org");
        assertThat(foldedWhere(like("email", "fred%"))).isEmpty();
    }

    @Test
    void uniqueness_agrees_with_equality() {
        Item<Folded> fred = fold("fred");
        for (String spelling : List.of("fred", "FRED", " fred ", "\uFF46red")) {
            assertThat(foldedWhere(eq("email", spelling))).containsExactly("fred");
            DuplicateException error = catchThrowableOfType(DuplicateException.class, () -> fold(spelling));
            assertThat(error.fields()).containsExactly("email");
            assertThat(error.holder()).contains(fred.rn());
        }
        assertThat(fred.set(Folded::email, Unique.of("FRED"))
                        .commit()
                        .reload()
                        .data()
                        .email()
                        .value())
                .isEqualTo("FRED");
        folded().fromQuery("people", "plain").where(eq("email", "fred")).updateAll(set("email", "Wilma"));
        assertThat(foldedWhere(eq("email", "wilma"))).containsExactly("Wilma");
        fold("fred");
    }

    @Test
    void a_normalised_text_is_found_through_a_reference() {
        Rn<Folded> fred = fold("Fred").rn();
        Rn<Folded> wilma = fold("Wilma").rn();
        Items<Letter> letters = Korm.item(Letter.class, pool());
        letters.fromData("letters", "plain", new Letter(fred, wilma)).create();
        letters.fromData("letters", "plain", new Letter(wilma, null)).create();
        Query<Letter> all = letters.fromQuery("letters", "plain");
        assertThat(all.where(eq("to.email", "FRED")).count()).isEqualTo(1);
        assertThat(all.where(ne("to.email", "FRED")).count()).isEqualTo(1);
        assertThat(all.where(eq("copy.email", " WILMA")).count()).isEqualTo(1);
        assertThat(all.where(not(eq("copy.email", "fred"))).count()).isEqualTo(1);
    }

    @Test
    void a_text_that_becomes_normalised_is_prepared_first() {
        store("Fred");
        store("wilma");
        Item<Plain> clash = store(" FRED");
        assertThatThrownBy(() -> foldedWhere(eq("email", "fred")))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining("prepare")
                .hasMessageNotContaining("fred");
        Rn<Folded> collection = Rn.collection("people", "plain");
        assertThatThrownBy(() -> folded().prepare(collection))
                .isInstanceOf(DuplicateException.class)
                .hasMessageContaining(clash.rn().id().orElseThrow());
        clash.delete();
        folded().prepare(collection);
        assertThat(foldedWhere(eq("email", "fRED"))).containsExactly("Fred");
        assertThatThrownBy(() -> store("WILMA")).isInstanceOf(DuplicateException.class);
    }

    @Test
    void a_collection_that_is_not_there_yet_needs_no_preparing() {
        assertThat(foldedWhere(eq("email", "fred"))).isEmpty();
    }
}
