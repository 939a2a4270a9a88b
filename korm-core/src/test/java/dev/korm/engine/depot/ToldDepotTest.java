package dev.korm.engine.depot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Rn;
import dev.korm.depot.MissingFileException;
import dev.korm.engine.context.PoolEvents;
import dev.korm.event.FileCall;
import dev.korm.event.PoolListener;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every call reaches the depot, and listeners are told of those that ask it for something. */
class ToldDepotTest {
    private static final Rn<?> FILE = Rn.file("files", "a");

    private final List<String> reached = new ArrayList<>();
    private final List<FileCall> told = new ArrayList<>();
    private Optional<RuntimeException> failure = Optional.empty();

    private Depot told(PoolListener... listeners) {
        Depot depot = (Depot) Proxy.newProxyInstance(
                Depot.class.getClassLoader(), new Class<?>[] {Depot.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("name")) {
                        return "files";
                    }
                    reached.add(method.toGenericString());
                    if (failure.isPresent()) {
                        throw failure.get();
                    }
                    Class<?> type = method.getReturnType();
                    return type == boolean.class
                            ? Boolean.TRUE
                            : type == Optional.class ? Optional.empty() : type == Stream.class ? Stream.empty() : null;
                });
        return new ToldDepot(depot, new PoolEvents(List.of(listeners), Environment.system()));
    }

    private final PoolListener listener = new PoolListener() {
        @Override
        public void fileCall(FileCall call) {
            told.add(call);
        }
    };

    @Test
    void each_method_is_passed_on_with_its_own() throws Exception {
        Depot depot = told(listener);
        for (Method method : Depot.class.getMethods()) {
            if (!method.getName().equals("name")) {
                Object[] arguments = Arrays.stream(method.getParameterTypes())
                        .map(type -> type == Rn.class ? FILE : null)
                        .toArray();
                method.invoke(depot, arguments);
                assertThat(reached).as("%s", method).containsExactly(method.toGenericString());
                reached.clear();
            }
        }
    }

    @Test
    void what_is_asked_of_the_depot_is_told_with_how_it_ended() {
        Depot depot = told(listener);
        depot.put(FILE, InputStream.nullInputStream(), PutOptions.NONE);
        depot.get(FILE, new ByteRange(0, 1));
        depot.list(FILE);
        depot.capabilities();
        failure = Optional.of(new MissingFileException("files", FILE, "a secret", null));
        assertThatThrownBy(() -> depot.delete(FILE)).isSameAs(failure.get());
        assertThat(told)
                .extracting(call -> call.depot() + " " + call.operation() + " "
                        + call.failure().orElse("done"))
                .containsExactly(
                        "files put done", "files get done", "files list done", "files delete MissingFileException");
        assertThat(told).allSatisfy(call -> assertThat(call.took()).isGreaterThanOrEqualTo(Duration.ZERO));
    }

    @Test
    void nothing_is_told_where_nobody_listens() {
        told().delete(FILE);
        assertThat(reached).hasSize(1);
        assertThat(told).isEmpty();
    }
}
