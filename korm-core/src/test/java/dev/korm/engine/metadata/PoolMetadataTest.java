package dev.korm.engine.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.environment.Environment;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of korm-format, section 8. */
class PoolMetadataTest {
    private static final LayerDescription URL = new LayerDescription(
            "pg", new LayerDescription.Url("postgres://app:pw@db.example/app", "postgres://db.example:5432/app"));
    private static final LayerDescription OPTIONS = new LayerDescription(
            "mysql",
            new LayerDescription.Options(
                    Map.of("database", "app", "host", "localhost", "port", 5432L),
                    Map.of("password", "pw", "username", "app")));

    @ParameterizedTest
    @CsvSource({
        "main, files wal, 1ed40225c950e201",
        "userdb docsdb cardb, walDepot invoiceDepot, d8ffe1f34d53b569",
        "db, '', 18f5d0fc732ea8ed"
    })
    void a_pools_id_is_of_the_names_alone(String layers, String depots, String id) {
        assertThat(PoolMetadata.id(words(layers), words(depots))).isEqualTo(id);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    @Test
    void a_path_has_the_fingerprint_of_its_spelling() {
        assertThat(StoreFingerprint.fingerprint(
                        Sqlite.file("./cars.sqlite").description().location()))
                .contains("7220b4998125ecde3b7436e7fa8527f335738a823f8ca69c624a7c7cf4fea426");
        assertThat(StoreFingerprint.fingerprint("postgres://app:pw@db.example/app"))
                .isEqualTo("1b343bac38e726f6f4086e45cb3d192be86f9f7ef212202d31fe56ec8fae446f");
        assertThat(StoreFingerprint.fingerprint(((LayerDescription.Options) OPTIONS.location()).all()))
                .isEqualTo("db30091698765a52b710ab09af9d6fa34ade217b5dd161445bc7dcff504138fe");
    }

    @Test
    void members_stand_in_the_originals_order() {
        PoolMetadata metadata =
                new PoolMetadata(Map.of("main", Sqlite.file("out/db.sqlite").description()), Optional.of("main"));
        assertThat(json(metadata))
                .isEqualTo(
                        "{\"version\":1,\"poolId\":\"" + metadata.id() + "\",\"metaLayerIdent\":\"main\",\"layers\":[{"
                                + "\"ident\":\"main\",\"type\":\"sqlite\",\"fingerprint\":"
                                + "\"eafc435e3e56b30bcc4817180570bf0fb17a3f465e06906c96737c8df7da168f\","
                                + "\"config\":{\"mode\":\"path\",\"path\":\"out/db.sqlite\"}}],\"depots\":[],"
                                + "\"korm\":{\"version\":1,\"history\":false}}");
    }

    @Test
    void layers_are_sorted_and_one_without_a_place_has_its_name_and_type() {
        PoolMetadata metadata = new PoolMetadata(
                Map.of("b", LayerDescription.of("memory"), "a", LayerDescription.of("other")), Optional.empty());
        assertThat(json(metadata))
                .isEqualTo("{\"version\":1,\"poolId\":\"" + metadata.id() + "\",\"layers\":["
                        + "{\"ident\":\"a\",\"type\":\"other\"},{\"ident\":\"b\",\"type\":\"memory\"}],\"depots\":[],"
                        + "\"korm\":{\"version\":1,\"history\":false}}");
    }

    @Test
    void memory_is_a_word_in_place_of_a_path() {
        assertThat(Sqlite.memory().description())
                .isEqualTo(new LayerDescription("sqlite", new LayerDescription.Path(":memory:")));
        assertThat(Sqlite.file(Path.of("a", "b")).readers(7).description())
                .isEqualTo(new LayerDescription(
                        "sqlite", new LayerDescription.Path(Path.of("a", "b").toString())));
    }

    @Test
    void credentials_are_neither_written_nor_told() {
        String json = json(new PoolMetadata(Map.of("u", URL, "o", OPTIONS), Optional.of("u")));
        assertThat(json)
                .contains("\"config\":{\"mode\":\"url\"}", "\"config\":{\"mode\":\"options\"}")
                .contains(StoreFingerprint.fingerprint("postgres://db.example:5432/app"))
                .doesNotContain("pw", StoreFingerprint.fingerprint("postgres://app:pw@db.example/app"));
        assertThat(URL.toString() + OPTIONS).doesNotContain("pw", "username");
    }

    @Test
    void who_connects_does_not_matter_and_the_originals_fingerprints_are_known() {
        var files = java.nio.file.FileSystems.getDefault();
        LayerDescription.Url other =
                new LayerDescription.Url("postgres://eve:new@db.example/app", "postgres://db.example:5432/app");
        Optional<String> ours = StoreFingerprint.fingerprint(URL.location());
        assertThat(StoreFingerprint.isStored(other, ours, Optional.empty(), files))
                .isTrue();
        Optional<String> originals = Optional.of(StoreFingerprint.fingerprint("postgres://app:pw@db.example/app"));
        assertThat(StoreFingerprint.isStored(URL.location(), originals, Optional.empty(), files))
                .isTrue();
        assertThat(StoreFingerprint.isStored(other, originals, Optional.empty(), files))
                .isFalse();
        assertThat(StoreFingerprint.isStored(
                        OPTIONS.location(),
                        Optional.of("db30091698765a52b710ab09af9d6fa34ade217b5dd161445bc7dcff504138fe"),
                        Optional.empty(),
                        files))
                .isTrue();
    }

    /** Returns what is stored where there is no key. */
    static String json(PoolMetadata metadata) {
        PoolSecrets keyless = new PoolSecrets(KeyRing.fromEnvironment(name -> null), Environment.system());
        return MetadataDocument.of(
                        metadata,
                        Optional.empty(),
                        new MetadataSeals(keyless, metadata.metaLayer().orElse("")),
                        FileSystems.getDefault())
                .toJson();
    }
}
