package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.spi.Layer;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.memory.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Moves within a change while others change what refers to the items that are moved, and what the change changes besides. */
@NullUnmarked // Tests dereference what they expect to be there.
class MoveRaceTest {
    private final MemoryStore left = new MemoryStore(Clock.systemUTC());
    private final AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
    private final Pool pool = Korm.pool()
            .layer("left", this::interrupted)
            .layer("right", MemoryLayer.create())
            .withWal(MemoryJournal.create())
            .open();
    private final Pool other = Korm.pool().layer("left", MemoryLayer.on(left)).open();

    /** A thing, of another one. */
    record Thing(int count, @Nullable Rn<Thing> of) {}

    @AfterEach
    void close() {
        pool.close();
        other.close();
    }

    /** Returns the layer, before whose next part of a change something else happens. */
    private Layer interrupted(String name, Environment environment) {
        Layer layer = MemoryLayer.on(left).open(name, environment);
        return (Layer) Proxy.newProxyInstance(
                MoveRaceTest.class.getClassLoader(), new Class<?>[] {Layer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepare")) {
                        between.getAndSet(() -> {}).run();
                    }
                    try {
                        return method.invoke(layer, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private Item<Thing> created(@Nullable Rn<Thing> of) {
        return Korm.item(Thing.class, pool)
                .fromData("left", "world", "thing", new Thing(0, of))
                .create();
    }

    private void changedByOthers(Item<Thing> item) {
        Korm.item(Thing.class, other)
                .fromRn(item.rn())
                .get()
                .set(Thing::count, 7)
                .commit();
    }

    @Test
    void who_refers_to_what_is_moved_may_be_changed_meanwhile() {
        Item<Thing> moved = created(null);
        Item<Thing> part = created(moved.rn());
        between.set(() -> changedByOthers(part));
        moved.moveTo("right").commit();
        Thing now = part.reload().data();
        assertThat(now.count()).isEqualTo(7);
        assertThat(now.of().layer()).contains("right");
        assertThat(pool.danglingReferences()).isEmpty();
    }

    @Test
    void what_is_changed_besides_is_named_when_others_were_faster() {
        Item<Thing> moved = created(null);
        Item<Thing> part = created(moved.rn());
        Item<Thing> besides = created(null);
        changedByOthers(besides);
        assertThatExceptionOfType(ConflictException.class)
                .isThrownBy(() -> Korm.tx(moved.moveTo("right"), besides.set(Thing::count, 1))
                        .persist())
                .withMessageContaining(besides.rn().id().orElseThrow());
        assertThat(part.reload().data().of().layer().orElse("left")).isEqualTo("left");
        assertThat(moved.reload().rn().layer()).contains("left");
    }
}
