package dev.korm.engine.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.KormException;
import dev.korm.engine.context.StoreFingerprint;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials of stores in metadata: sealed, found again with the key, and in no text. */
@NullUnmarked // Tests dereference what they expect to be there.
class SealedPlacesTest {
    private static final String URL = "postgres://app:hunter2@db.example/app";

    @TempDir
    Path folder;

    private final PoolSecrets secrets = secrets("default", 0);
    private LayerSource main;
    private Map<String, LayerSource> sources;

    @BeforeEach
    void nameTheStores() {
        main = Sqlite.file(folder.resolve("main.sqlite")).durability(Sqlite.Durability.NORMAL);
        sources = Map.of(
                "main",
                main,
                "users",
                Postgres.url(URL).schema("people").tls(Postgres.Tls.REQUIRED),
                "cars",
                MySql.server("cars.example")
                        .database("cars")
                        .user("driver")
                        .password("hunter3")
                        .tls(MySql.Tls.VERIFIED));
    }

    private static PoolSecrets secrets(String id, int first) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) first);
        return new PoolSecrets(KeyRing.of(id, Map.of(id, key)), Environment.system());
    }

    private PoolMetadata pool() {
        Map<String, LayerDescription> layers = new java.util.TreeMap<>();
        sources.forEach((name, source) -> layers.put(name, source.description()));
        return new PoolMetadata(layers, Optional.of("main"));
    }

    private Document written(PoolMetadata pool, Optional<Document> before, PoolSecrets with) {
        return MetadataDocument.of(
                pool,
                before.map(config -> StoredMetadata.read("main", config.toJson())),
                new MetadataSeals(with, "main"),
                FileSystems.getDefault());
    }

    private void store(String config) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("main.sqlite"));
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS \"__korm_pool__\" (\"id\" TEXT PRIMARY KEY, \"config\" TEXT NOT NULL,"
                            + " \"created_at\" INTEGER NOT NULL, \"updated_at\" INTEGER NOT NULL)");
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO \"__korm_pool__\" VALUES ('pool', ?, 1, 1)")) {
                insert.setString(1, config);
                insert.executeUpdate();
            }
        }
    }

    @Test
    void what_is_secret_is_sealed_and_found_again() throws SQLException {
        Document config = written(pool(), Optional.empty(), secrets);
        assertThat(config.toJson())
                .contains(
                        "__ENCRYPTED__",
                        "\"mode\":\"url\"",
                        "\"mode\":\"options\"",
                        "postgres://db.example:5432/app#people")
                .doesNotContain("hunter", "driver");
        store(config.toJson());
        Discovery found = Discovery.from(main, secrets, Environment.system());
        assertThat(found.layers()).containsExactlyInAnyOrder("main", "users", "cars");
        for (String name : found.layers()) {
            LayerDescription original = sources.get(name).description();
            LayerDescription again = found.layer(name).description();
            assertThat(again).as(name).isEqualTo(original);
        }
    }

    @Test
    void what_is_right_stays_to_the_letter_and_is_sealed_anew_when_the_password_or_the_key_is_another() {
        Document first = written(pool(), Optional.empty(), secrets);
        assertThat(written(pool(), Optional.of(first), secrets).toJson()).isEqualTo(first.toJson());

        Document rotated = written(pool(), Optional.of(first), secrets("second", 1));
        assertThat(rotated.toJson()).contains("\"kid\":\"second\"").doesNotContain("\"kid\":\"default\"");

        PoolMetadata changed = new PoolMetadata(
                Map.of(
                        "users",
                        Postgres.url("postgres://app:new@db.example/app").description()),
                Optional.of("main"));
        PoolMetadata before = new PoolMetadata(Map.of("users", Postgres.url(URL).description()), Optional.of("main"));
        Document old = written(before, Optional.empty(), secrets);
        assertThat(written(changed, Optional.of(old), secrets)).isNotEqualTo(old);
        PoolSecrets none = new PoolSecrets(KeyRing.fromEnvironment(name -> null), Environment.system());
        assertThat(written(before, Optional.of(old), none).toJson()).isEqualTo(old.toJson());
        assertThat(written(before, Optional.empty(), none).toJson()).doesNotContain("encrypted");
    }

    @Test
    void without_the_key_the_error_names_the_ways_out_and_no_secret() throws SQLException {
        store(written(pool(), Optional.empty(), secrets).toJson());
        for (PoolSecrets other : new PoolSecrets[] {
            secrets("default", 9),
            secrets("other", 9),
            new PoolSecrets(KeyRing.fromEnvironment(name -> null), Environment.system())
        }) {
            Discovery found = Discovery.from(main, other, Environment.system());
            assertThatThrownBy(() -> found.layer("users"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("keys(…)")
                    .hasMessageContaining("layer(\"users\", …)")
                    .satisfies(error -> assertThat(error.toString()).doesNotContain("hunter", "app:"));
        }
    }

    @Test
    void connections_that_the_original_sealed_are_opened() throws SQLException {
        // The payload of format section 7.2 with the test key: the text "1234567890".
        byte[] key =
                java.util.HexFormat.of().parseHex("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        PoolSecrets original = new PoolSecrets(KeyRing.of("default", Map.of("default", key)), Environment.system());
        String payload = "{\"__ENCRYPTED__\":true,\"value\":\"a335a82e32d2143fa2f2f931\",\"type\":\"symmetric\","
                + "\"iv\":\"000102030405060708090a0b\",\"authTag\":\"9a59456f40def046acf89241fed70cc0\"}";
        String config =
                "{\"version\":1,\"poolId\":\"x\",\"metaLayerIdent\":\"main\",\"layers\":[{\"ident\":\"main\",\"type\":\"pg\","
                        + "\"fingerprint\":\"f\",\"config\":{\"mode\":\"url\",\"encrypted\":" + payload
                        + "}}],\"depots\":[]}";
        // As PostgreSQL has it: a JSON string.
        store(Document.builder()
                .put("c", config)
                .build()
                .toJson()
                .replaceFirst("^\\{\"c\":", "")
                .replaceFirst("\\}$", ""));
        Discovery found = Discovery.from(main, original, Environment.system());
        assertThatThrownBy(() -> found.layer("main"))
                .isInstanceOf(KormException.class)
                .hasMessageContaining("The URL of a PostgreSQL layer cannot be read")
                .satisfies(error -> assertThat(error.toString()).doesNotContain("1234567890"));
    }

    @Test
    void a_bucket_of_the_original_is_known_again() {
        LayerDescription.Options options = new LayerDescription.Options(
                Map.of(
                        "autoCreateBucket", true,
                        "bucket", "my-bucket",
                        "endpoint", "https://minio.local",
                        "prefix", "",
                        "region", "us-east-1",
                        "virtualHostedStyle", false),
                Map.of("accessKeyId", "AK", "secretAccessKey", "SK"));
        Optional<String> stored = Optional.of("dbc272a9878b2c23da410b18dba0c428eef228c9d648be290c655c41e0127895");
        assertThat(StoreFingerprint.isStored(options, stored, Optional.empty(), FileSystems.getDefault()))
                .isTrue();
        LayerDescription.Options other = new LayerDescription.Options(options.identity(), Map.of("accessKeyId", "AK"));
        assertThat(StoreFingerprint.isStored(other, stored, Optional.empty(), FileSystems.getDefault()))
                .isFalse();
    }
}
