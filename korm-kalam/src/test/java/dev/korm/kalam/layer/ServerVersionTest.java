package dev.korm.kalam.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConfigurationException;
import dev.korm.kalam.auth.Auth;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.kalam.KalamServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that a layer is kept in, by what they say of themselves. */
class ServerVersionTest {
    private static KalamNamespace namespace(KalamServer server) {
        return Kalam.namespace(server.url(), "app").auth(Auth.basic("admin", server.password()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.4.2-rc.3", "0.4.2", "0.3.9"})
    void a_server_that_lets_several_insert_one_key_holds_no_layer(String version) {
        try (KalamServer server = KalamServer.builder().version(version).start()) {
            assertThatThrownBy(() -> namespace(server).open("live", Environment.system()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(version)
                    .hasMessageContaining("0.4.3 or later");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.4.3-rc.4", "0.4.10", "0.10.0", "1.0.0", "main", ""})
    void later_servers_do_and_those_that_do_not_say_what_they_are(String version) {
        try (KalamServer server = KalamServer.builder().version(version).start();
                Layer layer = namespace(server).open("live", Environment.system())) {
            assertThat(layer.capabilities()).isNotNull();
        }
    }

    @Test
    void what_is_there_may_be_read_from_any_server() {
        try (KalamServer server = KalamServer.builder().start()) {
            namespace(server).open("live", Environment.system()).close();
        }
        try (KalamServer server = KalamServer.builder().version("0.4.2-rc.3").start()) {
            assertThatThrownBy(() -> namespace(server).readOnly().open("live", Environment.system()))
                    .as("it is not refused for its version, but its tables are missing")
                    .isNotInstanceOf(ConfigurationException.class);
        }
    }
}
