package dev.korm.engine.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.LayerDescription;
import java.nio.file.FileSystems;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataCheckTest {
    /** As the original wrote it: korm-format, section 8. */
    static final String ORIGINAL = """
            {"version":1,"poolId":"1ed40225c950e201","metaLayerIdent":"main","layers":[{"ident":"main","type":"sqlite",\
            "fingerprint":"eafc435e3e56b30bcc4817180570bf0fb17a3f465e06906c96737c8df7da168f",\
            "config":{"mode":"path","path":"out/db.sqlite"}}],"depots":[{"ident":"files","type":"local",\
            "fingerprint":"c3e12b2ba9f4afde9f9d4456130e881133b76ef63895ed68311b1cb6bbe82f9a",\
            "config":{"mode":"local","root":"out/files"}},{"ident":"wal","type":"local",\
            "fingerprint":"cfff5a4918188933a5f268060d071eebed6a33ed46cdddc9d2c8b5207b9b8430",\
            "config":{"mode":"local","root":"out/wal"}}],"wal":{"depotIdent":"wal","walNamespace":"demo",\
            "retention":"keep","depotOps":"record"},"locks":{"layerIdent":"main","ttlMs":60000,"retryMs":50,\
            "refreshMs":30000},"backups":{"depotIdent":"files","intervals":[{"layerIdent":"*","interval":{"_spec":\
            {"unit":"day","hour":2,"minute":0,"startsNow":true}}}],"retention":[{"layerIdent":"*","retention":\
            {"mode":"days","days":7}}]}}""";

    @Test
    void what_the_original_keeps_and_this_pool_has_not_is_named_in_order() {
        assertThat(differences(pool("main", Map.of("main", file("out/db.sqlite"))), ORIGINAL))
                .containsExactly(
                        "pool id: stored \"1ed40225c950e201\", here \"" + PoolMetadata.id(List.of("main"), List.of())
                                + "\"",
                        "depot \"files\": stored, not in this pool",
                        "depot \"wal\": stored, not in this pool",
                        "write-ahead log: stored, not in this pool",
                        "locks: stored, not in this pool",
                        "backups: stored, not in this pool");
    }

    @Test
    void each_way_in_which_layers_differ_has_a_line() {
        PoolMetadata stored = pool(
                "a",
                Map.of(
                        "a", file("a.sqlite"),
                        "b", file("b.sqlite"),
                        "c", url("postgres://one/app"),
                        "d", file("d.sqlite"),
                        "e", LayerDescription.of("other")));
        PoolMetadata own = pool(
                "b",
                Map.of(
                        "a", file("z.sqlite"),
                        "b", url("postgres://one/app"),
                        "c", url("postgres://two/app"),
                        "e", LayerDescription.of("other"),
                        "f", file("f.sqlite")));
        assertThat(differences(own, PoolMetadataTest.json(stored)))
                .containsExactly(
                        "pool id: stored \"" + stored.id() + "\", here \"" + own.id() + "\"",
                        "metadata layer: stored \"a\", here \"b\"",
                        "layer \"a\" path: stored \"a.sqlite\", here \"z.sqlite\"",
                        "layer \"b\" type: stored \"sqlite\", here \"pg\"",
                        "layer \"c\" connection: stored \"postgres://one/app\", here \"postgres://two/app\"",
                        "layer \"d\": stored, not in this pool",
                        "layer \"f\": in this pool, not stored");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cars.sqlite", "./cars.sqlite", "x/../cars.sqlite", ".//cars.sqlite"})
    void a_path_may_be_spelt_otherwise(String spelling) {
        PoolMetadata stored = pool("main", Map.of("main", file("cars.sqlite")));
        assertThat(differences(pool("main", Map.of("main", file(spelling))), PoolMetadataTest.json(stored)))
                .isEmpty();
        String absolute = java.nio.file.Path.of(spelling).toAbsolutePath().toString();
        assertThat(differences(pool("main", Map.of("main", file(absolute))), PoolMetadataTest.json(stored)))
                .isEmpty();
    }

    @Test
    void a_configuration_may_be_a_json_string() {
        PoolMetadata own = pool("main", Map.of("main", file("a \"b\".sqlite")));
        String twice = " \"" + PoolMetadataTest.json(own).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        assertThat(differences(own, twice)).isEmpty();
    }

    @Test
    void another_version_is_the_only_difference_since_nothing_else_is_understood() {
        PoolMetadata own = pool("main", Map.of("main", file("a.sqlite")));
        assertThat(differences(own, "{\"version\":2,\"layers\":{}}")).containsExactly("version: stored 2, here 1");
        assertThat(differences(own, "{}")).containsExactly("version: stored none, here 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "7",
                "[]",
                "{",
                "\"x\"",
                "\"{}",
                "{\"version\":1,\"layers\":7}",
                "{\"version\":1,\"layers\":[7]}",
                "{\"version\":1,\"layers\":[{}]}",
                "{\"version\":1,\"layers\":[],\"depots\":[{\"ident\":7}]}"
            })
    void what_cannot_be_read_is_a_difference(String text) {
        assertThat(differences(pool("main", Map.of("main", file("a.sqlite"))), text))
                .containsExactly("metadata: stored, but cannot be read");
    }

    @Test
    void a_member_of_later_versions_is_a_difference() {
        PoolMetadata own = pool("main", Map.of("main", file("a.sqlite")));
        assertThat(differences(
                        own,
                        PoolMetadataTest.json(own)
                                .replace("\"depots\":[]", "\"depots\":[],\"extra\":{},\"none\":null")))
                .containsExactly("\"extra\": stored, not in this pool");
    }

    @Test
    void metadata_lies_in_one_layer_and_in_the_one_that_it_names() {
        PoolMetadata own = pool("a", Map.of("a", file("a.sqlite"), "b", file("b.sqlite")));
        StoredMetadata inB = StoredMetadata.read("b", PoolMetadataTest.json(own));
        assertThat(MetadataCheck.differences(own, List.of(inB), FileSystems.getDefault()))
                .containsExactly("metadata layer: stored \"b\", here \"a\"");
        StoredMetadata inA = StoredMetadata.read("a", PoolMetadataTest.json(own));
        assertThat(MetadataCheck.differences(own, List.of(inA, inB), FileSystems.getDefault()))
                .containsExactly(
                        "in \"b\": metadata layer: stored \"b\", here \"a\"",
                        "metadata: stored in several layers, \"a\", \"b\"");
    }

    @Test
    void a_pool_without_metadata_differs_from_one_with() {
        PoolMetadata stored = pool("main", Map.of("main", file("a.sqlite")));
        PoolMetadata own = new PoolMetadata(stored.layers(), Optional.empty());
        assertThat(differences(own, PoolMetadataTest.json(stored)))
                .containsExactly("metadata layer: stored \"main\", here none");
    }

    private static List<String> differences(PoolMetadata own, String stored) {
        String layer = own.metaLayer().orElse("main");
        return MetadataCheck.differences(own, List.of(StoredMetadata.read(layer, stored)), FileSystems.getDefault());
    }

    private static PoolMetadata pool(String metaLayer, Map<String, LayerDescription> layers) {
        return new PoolMetadata(layers, Optional.of(metaLayer));
    }

    private static LayerDescription file(String path) {
        return Sqlite.file(path).description();
    }

    private static LayerDescription url(String identity) {
        return new LayerDescription("pg", new LayerDescription.Url(identity + "?user=a&password=b", identity));
    }
}
