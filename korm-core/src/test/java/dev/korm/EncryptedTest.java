package dev.korm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.argument.NullArgumentException;
import dev.korm.file.FileRef;
import dev.korm.model.Models;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptedTest {
    @Test
    void it_is_its_value_and_never_shows_it() {
        Encrypted<String> secret = Encrypted.of("canary");
        assertThat(secret.reveal()).isEqualTo("canary");
        assertThat(secret)
                .hasToString("[REDACTED]")
                .isEqualTo(Encrypted.of("canary"))
                .isNotEqualTo(Encrypted.of("other"))
                .hasSameHashCodeAs(Encrypted.of("other"));
        assertThat(Encrypted.of(new byte[] {1})).isEqualTo(Encrypted.of(new byte[] {1}));
    }

    record Invoice(String number, List<FileRef> pages) {}

    @Test
    void files_are_refused_within_since_nobody_would_find_them() {
        record Direct(Encrypted<FileRef> file) {}
        record Inside(Encrypted<Map<String, Invoice>> invoices) {}
        for (Class<?> type : List.of(Direct.class, Inside.class)) {
            assertThatThrownBy(() -> Models.of(type))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(type.getSimpleName())
                    .hasMessageContaining("reference to a file")
                    .hasMessageContaining("SealedDepot");
        }
    }

    @Test
    void bytes_are_copied_in_and_out() {
        byte[] bytes = {1, 2};
        Encrypted<byte[]> secret = Encrypted.of(bytes);
        bytes[0] = 9;
        secret.reveal()[1] = 9;
        assertThat(secret.reveal()).containsExactly(1, 2);
    }

    @Test
    void null_and_other_secrets_are_no_secrets() {
        assertThatThrownBy(() -> Encrypted.of(null))
                .isInstanceOf(NullArgumentException.class)
                .hasMessageContaining("of Encrypted.of(…) is null");
        assertThatThrownBy(() -> Encrypted.of(Encrypted.of("x"))).isInstanceOf(ValueException.class);
    }

    record Holder(Encrypted<String> secret) implements Serializable {}

    @Test
    void java_does_not_serialize_it_and_json_libraries_find_nothing_to_write() throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThatThrownBy(() -> out.writeObject(new Holder(Encrypted.of("canary"))))
                    .isInstanceOf(NotSerializableException.class)
                    .hasMessageContaining("dev.korm.Encrypted");
        }
        for (Class<?> type : List.of(Encrypted.class, Password.class)) {
            assertThat(Arrays.stream(type.getDeclaredFields())
                            .filter(field -> !Modifier.isStatic(field.getModifiers())))
                    .as("Libraries that look for fields pass over transient ones")
                    .isNotEmpty()
                    .allMatch(field -> Modifier.isTransient(field.getModifiers()), "transient")
                    .extracting(Field::getName)
                    .isNotEmpty();
            assertThat(Arrays.stream(type.getMethods()).map(method -> method.getName()))
                    .noneMatch(name -> (name.startsWith("get") && !name.equals("getClass")) || name.startsWith("is"));
        }
    }

    record UniqueSecret(Unique<Encrypted<String>> field) {}

    record UniqueAround(Unique<Holder> field) {}

    record SecretUnique(Encrypted<Unique<String>> field) {}

    record Twice(Encrypted<Encrypted<String>> field) {}

    record TwiceFurtherIn(Encrypted<List<Holder>> field) {}

    record HashInside(Encrypted<Password> field) {}

    record InSet(Set<Encrypted<String>> field) {}

    record Sorted(SortedSet<Encrypted<String>> field) {}

    record Key(Map<Encrypted<String>, String> field) {}

    record IndexedSecret(@Indexed Encrypted<String> field) {}

    record Unstorable(Encrypted<Thread> field) {}

    @Test
    void what_cannot_be_kept_of_a_secret_is_refused_when_the_model_is_made() {
        for (Class<?> type : List.of(
                UniqueSecret.class,
                UniqueAround.class,
                SecretUnique.class,
                Twice.class,
                TwiceFurtherIn.class,
                HashInside.class,
                InSet.class,
                Sorted.class,
                Key.class,
                IndexedSecret.class,
                Unstorable.class)) {
            assertThatThrownBy(() -> Models.of(type))
                    .as(type.getSimpleName())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("field");
        }
    }

    record Tree(Optional<Encrypted<String>> secret, List<Tree> children) {}

    @Test
    void a_record_may_hold_secrets_in_itself_again() {
        assertThat(Models.of(Tree.class).fieldNames()).containsExactly("secret", "children");
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary"})
    void a_document_shows_that_there_is_a_secret(String secret) {
        Document document = Document.of(Map.of("a", Encrypted.of(secret), "b", List.of(Encrypted.of(1))));
        assertThat(document.toJson()).contains("[REDACTED]").doesNotContain(secret);
        assertThat(document.with("a", "new").get("a")).contains(Encrypted.of("new"));
        assertThat(document.with("a", "new").toJson()).doesNotContain("new");
        assertThatThrownBy(() -> document.text("a"))
                .isInstanceOf(ValueException.class)
                .hasMessageNotContaining(secret);
        assertThatThrownBy(() -> Document.of(Map.of("u", Unique.of(Encrypted.of(secret)))))
                .isInstanceOf(ValueException.class);
        assertThat(Document.of(Map.of("r", new Holder(Encrypted.of(secret)))).get("r.secret"))
                .contains(Encrypted.of(secret));
    }
}
