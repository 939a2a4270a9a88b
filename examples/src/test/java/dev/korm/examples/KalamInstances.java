package dev.korm.examples;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.KalamClientBuilder;
import dev.korm.kalam.agent.Agent;
import dev.korm.kalam.agent.ModelRequest;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthProvider;
import dev.korm.kalam.consumer.ConsumeRequest;
import dev.korm.kalam.consumer.Start;
import dev.korm.kalam.consumer.TopicConsumer;
import dev.korm.kalam.consumer.TopicMessage;
import dev.korm.kalam.consumer.TopicOp;
import dev.korm.kalam.consumer.Topics;
import dev.korm.kalam.consumer.Worker;
import dev.korm.kalam.consumer.WorkerBuilder;
import dev.korm.kalam.file.FilePart;
import dev.korm.kalam.file.FileRef;
import dev.korm.kalam.layer.Kalam;
import dev.korm.kalam.layer.KalamNamespace;
import dev.korm.kalam.live.Live;
import dev.korm.kalam.live.LiveRows;
import dev.korm.kalam.live.LiveRowsOptions;
import dev.korm.kalam.live.SubscriptionOptions;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import dev.korm.kalam.sql.ColumnOrder;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.KalamType;
import dev.korm.kalam.sql.Pages;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.QueryResponse;
import dev.korm.kalam.sql.QueryResult;
import dev.korm.kalam.sql.Row;
import dev.korm.kalam.sql.SchemaField;
import dev.korm.kalam.sql.SeqId;
import dev.korm.testkit.kalam.KalamServer;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** An instance of each public type of the client of KalamDB, with a server, and a fitting argument for each type of parameter. */
final class KalamInstances extends RegisteredInstances implements AutoCloseable {
    /** A row. */
    public record Thing(String id, Long stars) {}

    private final KalamServer server = KalamServer.start();
    private final KalamClient client = KalamClient.builder()
            .url(server.url())
            .auth(Auth.basic("admin", server.password()))
            .build();
    private final LiveRows<Row> rows;

    KalamInstances(Path folder) throws Exception {
        client.query("CREATE NAMESPACE nulls");
        client.query("CREATE SHARED TABLE nulls.things (id TEXT PRIMARY KEY, stars BIGINT)");
        Topics topics = client.topics();
        topics.create("nulls.changes", 1);
        topics.addSource("nulls.changes", "nulls.things", TopicOp.INSERT);
        client.insert("nulls.things", Map.of("id", "name", "stars", 1L));
        rows = client.live().rows("SELECT * FROM nulls.things", LiveRowsOptions.key("id"));
        ConsumeRequest request = ConsumeRequest.of("nulls.changes", "group").start(Start.earliest());
        TopicMessage message = topics.consume(request).messages().get(0);
        KalamType text = new KalamType(KalamType.Kind.TEXT, 0, 0);
        JsonNode object = JsonNodeFactory.instance.objectNode();
        Row row = Row.ofObject(List.of(new SchemaField("name", text, 0, Set.of())), object);
        FilePart part = FilePart.of("name", new byte[1], "name", "text/plain");
        WorkerBuilder<Thing> worker = topics.worker("name", "nulls.changes", "group", Thing.class);
        Path file = Files.write(folder.resolve("file"), new byte[1]);

        of(KalamClient.class, client);
        of(KalamSql.class, client, client.asUser("alice"));
        of(KalamClientBuilder.class, KalamClient.builder());
        of(KalamNamespace.class, Kalam.namespace(server.url(), "nulls"));
        of(ConsumeRequest.class, request);
        of(TopicMessage.class, message);
        of(TopicConsumer.class, topics.consumer(request));
        of(Topics.class, topics);
        of(Worker.class, worker.onRow((context, thing) -> {}));
        of(WorkerBuilder.class, worker);
        of(Agent.class, Agent.of(worker));
        of(ModelRequest.class, new ModelRequest("name", Optional.empty(), "key", "row"));
        of(FileRef.class, new FileRef("id", "sub", "name", 1, "text/plain", "", null));
        of(Live.class, client.live());
        of(LiveRows.class, rows);
        of(LiveRowsOptions.class, LiveRowsOptions.key("id"));
        of(SubscriptionOptions.class, SubscriptionOptions.snapshot());
        of(RetryPolicy.class, RetryPolicy.none());
        of(Timeouts.class, Timeouts.standard());
        of(Pages.class, Pages.of("nulls.things", "id"));
        of(QueryRequest.class, QueryRequest.of("SELECT 1"));
        of(ColumnOrder.class, ColumnOrder.of("name"));
        of(Row.class, row);
        of(SeqId.class, SeqId.zero());
        of(KalamType.class, text);

        is(String.class, "name");
        is(Optional.class, Optional.of("name"));
        is(Object.class, "name");
        is(Object[].class, new Object[0]);
        is(Class.class, Thing.class);
        is(URI.class, server.url());
        is(Path.class, file);
        is(Duration.class, Duration.ofMinutes(1));
        is(List.class, List.of());
        is(Set.class, Set.of());
        is(Collection.class, List.of());
        is(Map.class, Map.of("name", "value"));
        is(JsonNode.class, object);
        is(OutputStream.class, OutputStream.nullOutputStream());
        is(Auth.class, Auth.none());
        is(AuthProvider.class, (AuthProvider) () -> null);
        is(Start.class, Start.earliest());
        is(FilePart.class, part);
        is(FilePart.Source.class, (FilePart.Source) part::open);
        is(SSLSocketFactory.class, (SSLSocketFactory) SSLSocketFactory.getDefault());
        is(Proxy.class, Proxy.NO_PROXY);
        is(Integer.class, 1);
        is(int[].class, new int[] {1});
        is(QueryResult.class, client.query("SELECT 1").first());
        is(QueryResponse.class, client.query("SELECT 1"));
        is(Limits.class, Limits.standard());
    }

    @Override
    public void close() {
        rows.close();
        client.close();
        server.close();
    }
}
