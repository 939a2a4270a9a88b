package dev.korm.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.StorePlan;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.TableSchema;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForwardingLayerTest {
    private static final TableName TABLE = TableName.items("cars", "car");
    private static final TableSchema SCHEMA = new TableSchema(TABLE, List.of(), List.of());
    private static final Selection SELECTION =
            new Selection(TABLE, List.of(), List.of(), Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());

    /** A value of each class that no proxy can stand for. */
    private static final Map<Class<?>, Object> VALUES = Map.ofEntries(
            Map.entry(String.class, "text"),
            Map.entry(boolean.class, true),
            Map.entry(List.class, List.of(TABLE)),
            Map.entry(Collection.class, List.of()),
            Map.entry(Set.class, Set.of("name")),
            Map.entry(Optional.class, Optional.empty()),
            Map.entry(TableName.class, TABLE),
            Map.entry(TableSchema.class, SCHEMA),
            Map.entry(
                    ExistingTable.class,
                    new ExistingTable(TABLE, "", "cars", List.of(), List.of(), Optional.empty(), Optional.empty())),
            Map.entry(ColumnExchange.class, new ColumnExchange(TABLE, "age", "new", "seen")),
            Map.entry(long.class, 7L),
            Map.entry(LoadTarget.class, LoadTarget.NEW),
            Map.entry(Selection.class, SELECTION),
            Map.entry(StorePlan.class, new StorePlan("SELECT", 0, List.of())),
            Map.entry(Capabilities.class, Capabilities.LEAST),
            Map.entry(Batch.class, Batch.of(List.of())),
            Map.entry(BatchResult.class, new BatchResult.Applied(List.of())),
            Map.entry(Duration.class, Duration.ofSeconds(1)),
            Map.entry(Instant.class, Instant.EPOCH));

    private static final class Forwarding extends ForwardingLayer {
        Forwarding(Layer layer) {
            super(layer);
        }
    }

    private record Call(Method method, List<Object> arguments) {}

    private static Object value(Class<?> type) {
        return VALUES.containsKey(type)
                ? VALUES.get(type)
                : Proxy.newProxyInstance(
                        Environment.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> null);
    }

    /** A method that the interface gets later, and that has a body there, would else be answered by that body for ever. */
    @Test
    void every_call_is_passed_on_as_it_is_with_its_answer() throws Exception {
        List<Call> calls = new ArrayList<>();
        List<Object> answers = new ArrayList<>();
        Layer inner = (Layer) Proxy.newProxyInstance(
                Layer.class.getClassLoader(), new Class<?>[] {Layer.class}, (proxy, method, given) -> {
                    calls.add(new Call(method, given == null ? List.of() : List.of(given)));
                    Object answer = method.getReturnType() == void.class ? null : value(method.getReturnType());
                    answers.add(answer == null ? "nothing" : answer);
                    return answer;
                });
        Layer forwarding = new Forwarding(inner);
        int methods = 0;
        for (Method method : Layer.class.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                continue;
            }
            methods++;
            calls.clear();
            answers.clear();
            List<Object> given = new ArrayList<>();
            for (Class<?> type : method.getParameterTypes()) {
                given.add(value(type));
            }
            Object answer = method.invoke(forwarding, given.toArray());
            assertThat(calls).as(method.toString()).hasSize(1);
            assertThat(calls.get(0).method().getName()).isEqualTo(method.getName());
            assertThat(calls.get(0).method().getParameterTypes()).isEqualTo(method.getParameterTypes());
            for (int i = 0; i < given.size(); i++) {
                assertThat(calls.get(0).arguments().get(i)).isSameAs(given.get(i));
            }
            if (method.getReturnType() != void.class && !method.getReturnType().isPrimitive()) {
                assertThat(answer).isSameAs(answers.get(0));
            }
        }
        assertThat(methods).isGreaterThan(15);
    }
}
