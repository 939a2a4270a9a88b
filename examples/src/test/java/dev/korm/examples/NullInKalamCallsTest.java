package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.error.KalamNullException;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Null is refused by name in every public call of the client of KalamDB, before anything is sent. */
class NullInKalamCallsTest {
    /** Types that the client calls, or makes for its own parts. */
    private static final Map<String, String> CALLED_BY_THE_CLIENT = Map.ofEntries(
            Map.entry("dev.korm.kalam.agent.Agent$Handler", "a handler of the program's"),
            Map.entry("dev.korm.kalam.agent.AgentContext", "made where an agent runs"),
            Map.entry("dev.korm.kalam.agent.LanguageModel", "a model of the program's"),
            Map.entry("dev.korm.kalam.auth.AuthProvider", "credentials of the program's"),
            Map.entry("dev.korm.kalam.consumer.TopicConsumer$Handler", "a handler of the program's"),
            Map.entry("dev.korm.kalam.consumer.Worker$Handler", "a handler of the program's"),
            Map.entry("dev.korm.kalam.consumer.Worker$RowHandler", "a handler of the program's"),
            Map.entry("dev.korm.kalam.consumer.Worker$FailureHandler", "a handler of the program's"),
            Map.entry("dev.korm.kalam.consumer.MessageContext", "takes nothing"),
            Map.entry("dev.korm.kalam.consumer.WorkerContext", "made where a worker runs; KalamSql takes the user"),
            Map.entry("dev.korm.kalam.file.FilePart$Source", "a content of the program's"),
            Map.entry("dev.korm.kalam.live.ConnectionListener", "a listener of the program's"),
            Map.entry("dev.korm.kalam.live.LiveSettings", "made by the builder"),
            Map.entry("dev.korm.kalam.sql.RowMapper", "a mapper of the program's, but for its factory"));

    /** Types that programs get and have no reason to make: what the client reports, and its parts. */
    private static final Set<String> REPORTS = Set.of(
            "dev.korm.kalam.Health",
            "dev.korm.kalam.auth.LoginResponse",
            "dev.korm.kalam.consumer.Change",
            "dev.korm.kalam.consumer.ConsumeBatch",
            "dev.korm.kalam.consumer.Topics",
            "dev.korm.kalam.file.UploadProgress",
            "dev.korm.kalam.live.Live",
            "dev.korm.kalam.live.LiveEvent$Ack",
            "dev.korm.kalam.live.LiveEvent$Deleted",
            "dev.korm.kalam.live.LiveEvent$Failed",
            "dev.korm.kalam.live.LiveEvent$InitialBatch",
            "dev.korm.kalam.live.LiveEvent$Inserted",
            "dev.korm.kalam.live.LiveEvent$Updated",
            "dev.korm.kalam.sql.QueryResponse",
            "dev.korm.kalam.sql.QueryResult");

    @TempDir
    Path folder;

    @Test
    void are_refused_by_a_typed_error_that_names_them() throws Exception {
        try (KalamInstances instances = new KalamInstances(folder)) {
            NullCalls calls = new NullCalls(instances, NullInKalamCallsTest::names);
            for (Class<?> type : PublicApi.types(Path.of("..", "korm-kalam"), KalamClient.class)) {
                if (isOwn(type.getName()) && !Throwable.class.isAssignableFrom(type)) {
                    calls.methods(type, NullInKalamCallsTest::isOwn);
                    if (!REPORTS.contains(type.getName())) {
                        calls.constructors(type);
                    }
                }
            }
            assertThat(calls.withoutInstance())
                    .as("types without an instance to call")
                    .isEmpty();
            assertThat(calls.wrong()).isEmpty();
            assertThat(calls.calls()).isGreaterThan(200);
        }
    }

    private static boolean isOwn(String type) {
        return type.startsWith("dev.korm.kalam.") && !CALLED_BY_THE_CLIENT.containsKey(type);
    }

    private static boolean names(Throwable refused, Parameter parameter) {
        return refused instanceof KalamNullException named
                && (!parameter.isNamePresent() || named.argument().equals(parameter.getName()));
    }
}
