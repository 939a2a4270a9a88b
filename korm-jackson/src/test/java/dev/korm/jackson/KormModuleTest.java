package dev.korm.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.Password;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.testkit.memory.MemoryLayer;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class KormModuleTest {
    @Stored(namespace = "people", kind = "user")
    record User(
            String name, Unique<String> email, @Nullable Rn<User> boss, List<Rn<User>> team, Optional<String> note) {}

    record Patient(String name, @Nullable Encrypted<String> number) {}

    record Account(String name, @Nullable Password password) {}

    record Files(FileRef photo, Map<Rn<User>, Integer> seen) {}

    private final ObjectMapper mapper =
            JsonMapper.builder().addModule(new KormModule()).build();
    private final Pool pool = Korm.pool().layer("main", MemoryLayer.create()).open();
    private final Items<User> users = Korm.item(User.class, pool);
    private final Item<User> wilma = users.fromData(
                    new User("Wilma", Unique.of("wilma@bedrock"), null, List.of(), Optional.of("boss")))
            .create();
    private final Item<User> fred = users.fromData(
                    new User("Fred", Unique.of("fred@bedrock"), wilma.rn(), List.of(wilma.rn()), Optional.empty()))
            .create();

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void an_item_is_its_name_its_revision_and_its_data_and_reads_back() {
        Item<User> resolved = users.fromRn(fred.rn()).resolvePaths("boss").get();
        String json = mapper.writeValueAsString(resolved);
        assertThat(mapper.readTree(json))
                .isEqualTo(mapper.readTree("""
                {"rn": "%s", "revision": %d, "data": {"name": "Fred", "email": "fred@bedrock", "boss": "%s",
                 "team": ["%3$s"], "note": null}}""".formatted(fred.rn(), fred.revision(), wilma.rn())));
        ItemData<User> read = mapper.readValue(json, new TypeReference<ItemData<User>>() {});
        assertThat(read).isEqualTo(ItemData.of(fred));
    }

    @Test
    void a_page_of_items_is_written() {
        String json = mapper.writeValueAsString(users.query().page(1));
        assertThat(mapper.readTree(json).get("items")).hasSize(1);
        assertThat(mapper.readTree(json).get("next").isString()).isTrue();
    }

    @Test
    void what_was_sent_is_stored_only_over_the_state_it_was_made_from() {
        ItemData<User> sent = new ItemData<>(
                fred.rn(),
                fred.revision(),
                new User("Frederick", fred.data().email(), null, List.of(), Optional.of("sent")));
        ItemData<User> read = mapper.readValue(mapper.writeValueAsString(sent), new TypeReference<ItemData<User>>() {});
        Item<User> stored = read.changeOf(users).commit();
        assertThat(stored.data()).isEqualTo(sent.data());
        assertThatThrownBy(() -> read.changeOf(users)).isInstanceOf(ConflictException.class);
        stored.delete();
        assertThatThrownBy(() -> read.changeOf(users)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_reference_that_cannot_be_one_is_refused_with_the_path_to_it() {
        assertThatThrownBy(() -> mapper.readValue(
                        "{\"name\":\"A\",\"email\":\"a\",\"boss\":\"[rn]:garage:car:*\",\"team\":[]}", User.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("people:user")
                .hasMessageContaining("\"boss\"");
        assertThatThrownBy(() -> mapper.readValue(
                        "{\"name\":\"A\",\"email\":\"a\",\"boss\":null,\"team\":[\"none\"]}", User.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("Not an RN")
                .hasMessageContaining("\"team\"");
        assertThatThrownBy(() -> mapper.readValue("{\"boss\": 12}", User.class)).isInstanceOf(JacksonException.class);
    }

    @Test
    void secrets_are_never_written() {
        assertThatThrownBy(() -> mapper.writeValueAsString(new Patient("Ada", Encrypted.of("4711"))))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("Encrypted is not written")
                .hasMessageContaining("\"number\"")
                .hasMessageNotContaining("4711");
        assertThatThrownBy(() -> mapper.writeValueAsString(
                        Map.of("all", List.of(new Account("ada", Password.hash("analytical"))))))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("Password is not written");
        assertThatThrownBy(() ->
                        mapper.writeValueAsString(Document.of(Map.of("inner", Map.of("number", Encrypted.of("4711"))))))
                .isInstanceOf(JacksonException.class);
        assertThat(mapper.writeValueAsString(new Patient("Ada", null))).isEqualTo("{\"name\":\"Ada\",\"number\":null}");
    }

    @Test
    void a_secret_that_is_sent_is_held_and_a_password_is_not_taken() {
        Patient patient = mapper.readValue("{\"name\":\"Ada\",\"number\":\"4711\"}", Patient.class);
        assertThat(patient.number()).isNotNull();
        assertThat(patient.number().reveal()).isEqualTo("4711");
        assertThatThrownBy(() -> mapper.readValue("{\"name\":\"ada\",\"password\":\"analytical\"}", Account.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("Password.hash");
    }

    @Test
    void files_are_their_names_and_references_can_be_keys() {
        Files files = new Files(FileRef.to("[rn][depot::files]:photos:1.png"), Map.of(fred.rn(), 3));
        String json = mapper.writeValueAsString(files);
        assertThat(json).contains("\"photo\":\"[rn][depot::files]:photos:1.png\"", "\"" + fred.rn() + "\":3");
        Files read = mapper.readValue(json, Files.class);
        assertThat(read.photo().rn()).isEqualTo(files.photo().rn());
        assertThat(read.seen()).isEqualTo(files.seen());
    }

    @Test
    void a_document_keeps_its_digits() {
        String json = "{\"price\":12345678901234567890.123456789012345678901,\"more\":{\"list\":[1,null,\"a\",true]}}";
        Document read = mapper.readValue(json, Document.class);
        assertThat(read.decimal("price")).isEqualTo(new BigDecimal("12345678901234567890.123456789012345678901"));
        assertThat(mapper.readTree(mapper.writeValueAsString(read))).isEqualTo(mapper.readTree(json));
        assertThatThrownBy(() -> mapper.readValue("[1]", Document.class)).isInstanceOf(JacksonException.class);
        assertThatThrownBy(() -> mapper.readValue("{\"a\":", Document.class)).isInstanceOf(JacksonException.class);
    }

    @Test
    void an_item_is_read_as_item_data_alone() {
        assertThatThrownBy(() -> mapper.readValue("{}", Item.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("ItemData");
        assertThatThrownBy(() -> mapper.readValue("\"a\"", Unique.class)).isInstanceOf(JacksonException.class);
    }

    @Test
    void it_is_found_as_a_service() {
        assertThat(ServiceLoader.load(JacksonModule.class)).anyMatch(KormModule.class::isInstance);
    }
}
