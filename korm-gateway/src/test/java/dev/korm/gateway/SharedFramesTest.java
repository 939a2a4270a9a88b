package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Korm;
import dev.korm.gateway.wire.Json;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Frames that are made once for all who follow a query. */
@Timeout(60)
class SharedFramesTest {
    @Test
    void frames_of_each_length_are_whole() throws IOException {
        try (TestGateway world = new TestGateway();
                RawClient one = new RawClient(world.gateway.port(), "shared");
                RawClient other = new RawClient(world.gateway.port(), "shared")) {
            for (RawClient raw : new RawClient[] {one, other}) {
                raw.text("{'op':'subscribe','table':'todos','hashId':'h','queryJson':{'limit':20}}");
                raw.textWith("rangeIndex");
            }
            for (int length : new int[] {1, 40_000, 100_000, 4_000_000}) {
                String text = "\u00e4".repeat(length);
                Korm.item(Document.class, world.pool)
                        .fromData(TestGateway.TODOS, Document.of(Map.of("tenant", "shared", "text", text)))
                        .create();
                for (RawClient raw : new RawClient[] {one, other}) {
                    JsonNode event = Json.MAPPER.readTree(raw.textWith("rowEvent"));
                    assertThat(event.at("/event/row/text").asString()).isEqualTo(text);
                }
            }
        }
    }
}
