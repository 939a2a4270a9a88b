package dev.korm.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.gateway.settings.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Clients that do what no client should: each gets a clear end, and the others notice nothing. */
@Timeout(60)
class HostileClientsTest {
    private static TestGateway world;

    @BeforeAll
    static void start() {
        world = new TestGateway(
                Limits.DEFAULT
                        .withMessageBytes(10_000)
                        .withQueuedFrames(20)
                        .withRequestsPerSecond(50)
                        .withRequestBurst(100)
                        .withPendingRequests(5)
                        .withConnections(12)
                        .withPing(Duration.ofMillis(200))
                        .withIdle(Duration.ofSeconds(3)),
                builder -> builder);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static void stillServes() {
        for (int wait = 0; wait < 2_000 && world.gateway.connections() > 0; wait++) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(world.gateway.connections()).as("connections that are left").isZero();
        try (TestClient client = world.client("calm", "c")) {
            assertThat(client.data("TABLE_EXISTS", "todos", "{}").booleanValue())
                    .isTrue();
        }
    }

    @Test
    void a_message_that_is_too_long_ends_its_connection() throws IOException {
        try (TestClient client = world.client("long", "l")) {
            client.send("{'type':'echo','data':'" + "x".repeat(10_000) + "'}");
            assertThat(client.closeCode()).isEqualTo(1009);
        }
        try (RawClient raw = new RawClient(world.gateway.port(), "long")) {
            raw.out.write(new byte[] {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0});
            assertThat(raw.closeCode()).as("a frame of 1 GB").isIn(1009, -1);
        }
        stillServes();
    }

    @Test
    void garbage_ends_its_connection() throws IOException {
        try (RawClient raw = new RawClient(world.gateway.port(), "garbage")) {
            raw.out.write(new byte[] {(byte) 0xF3, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66});
            assertThat(raw.closeCode()).isIn(1002, -1);
        }
        try (RawClient raw = new RawClient(world.gateway.port(), "garbage")) {
            raw.out.write(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, (byte) 0xC3, 0x28});
            assertThat(raw.closeCode()).as("a text that is no UTF-8").isEqualTo(1007);
        }
        try (RawClient raw = new RawClient(world.gateway.port(), "garbage")) {
            raw.text("{'op':'rpc','method':'GET_DATA','payload':" + "[".repeat(3_000) + "]".repeat(3_000) + "}");
            raw.text("{'op':'subscribe','table':'todos','hashId':'h','queryJson':'" + "{\\'wrapper\\':".repeat(400)
                    + "'}");
            raw.text("{'op':'ping'}");
        }
        stillServes();
    }

    @Test
    void half_a_frame_is_waited_for_no_longer_than_silence() throws IOException {
        try (RawClient raw = new RawClient(world.gateway.port(), "half")) {
            raw.out.write(new byte[] {(byte) 0x81, (byte) 0xFE, 0x10, 0x00, 0, 0, 0, 0, '{', '"'});
            assertThat(raw.closeCode()).isNotZero();
        }
        stillServes();
    }

    @Test
    void a_client_that_never_reads_is_dropped_and_one_that_reads_late_begins_anew() throws IOException {
        String text = "x".repeat(60_000);
        try (RawClient raw = new RawClient(world.gateway.port(), "slow");
                TestClient good = world.client("slow", "good")) {
            String query = "{'op':'subscribe','table':'todos','hashId':'h','queryJson':'{\\'limit\\':2}'}"
                    .replace("\\'", "\\\"");
            raw.text(query);
            good.send(query);
            good.op("snapshot");
            while (world.gateway.connections() > 1) {
                Item<Document> one = Korm.item(Document.class, world.pool)
                        .fromData(TestGateway.TODOS, Document.of(Map.of("tenant", "slow", "text", text)))
                        .create();
                good.op("rowEvent");
                one.delete();
                good.op("rowEvent");
            }
            assertThat(raw.closeCode())
                    .as("the client took no frame for longer than the limit")
                    .isEqualTo(-1);
        }
        stillServes();
    }

    @Test
    void a_client_that_reads_late_is_told_to_begin_anew_and_does() throws IOException {
        try (TestGateway patient = new TestGateway(Limits.DEFAULT.withQueuedFrames(10), builder -> builder);
                RawClient raw = new RawClient(patient.gateway.port(), "late")) {
            String query = "{'op':'subscribe','table':'todos','hashId':'h','queryJson':{'limit':1}}";
            raw.text(query);
            raw.textWith("\"snapshot\"");
            // One that stays, since what is made and deleted within a moment may be told as nothing.
            Item<Document> item = Korm.item(Document.class, patient.pool)
                    .fromData(TestGateway.TODOS, Document.of(Map.of("tenant", "late", "round", -1)))
                    .create();
            for (int round = 0; patient.gateway.liveQueries() > 0; round++) {
                item = item.set("text", "x".repeat(200_000) + round).commit();
            }
            item.delete();
            assertThat(raw.textWith("overflow"))
                    .isEqualTo("{\"op\":\"error\",\"code\":\"overflow\",\"message\":\"reset-to-snapshot\"}");
            raw.text(query);
            assertThat(raw.textWith("\"snapshot\"")).contains("\"rows\":[]");
        }
    }

    @Test
    void too_many_messages_are_refused_and_who_goes_on_is_cut_off() {
        try (TestClient client = world.client("flood", "f")) {
            for (int message = 0; message < 150; message++) {
                client.send("{'op':'ping'}");
            }
            JsonNode error = client.op("error");
            assertThat(error.get("code").stringValue()).isEqualTo("rate_limited");
            try {
                for (int message = 0; message < 2_000; message++) {
                    client.send("{'op':'ping'}");
                }
            } catch (java.util.concurrent.CompletionException closed) {
                assertThat(closed).isNotNull();
            }
            assertThat(client.closeCode()).isIn(4429, -1);
        }
        stillServes();
    }

    @Test
    void more_clients_than_the_limit_are_refused() {
        TestClient[] all = new TestClient[12];
        int refused = 0;
        try {
            for (int index = 0; index < all.length; index++) {
                all[index] = world.client("crowd", "c");
                all[index].type("welcome");
            }
            world.client("crowd", "c").close();
        } catch (TestClient.Refused full) {
            refused = full.status;
        } finally {
            for (TestClient client : all) {
                if (client != null) {
                    client.close();
                }
            }
        }
        assertThat(refused).isEqualTo(503);
        stillServes();
    }
}
