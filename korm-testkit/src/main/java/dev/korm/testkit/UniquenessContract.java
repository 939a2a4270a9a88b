package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.korm.DuplicateException;
import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Rn;
import dev.korm.Unique;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What becomes of a field that is unique from now on. Every layer passes it. */
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
        assertThat(held.set(Plain::age, 7).commit().revision()).isEqualTo(2);
    }

    @Test
    void null_may_repeat() {
        guard(null).create();
        guard(null).create();
        assertThat(guarded().fromQuery("people", "plain").count()).isEqualTo(2);
    }
}
