package dev.korm.engine.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.engine.softdelete.LiveLayer;
import dev.korm.spi.Layer;
import dev.korm.spi.support.ForwardingLayer;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingLayerTest {
    /** A layer that changes one form of a call and passes on the other would let what it is for be gone round. */
    @ParameterizedTest
    @ValueSource(classes = {RecordingLayer.class, LiveLayer.class})
    void every_form_of_a_call_is_changed_or_none(Class<?> type) {
        assertThat(ForwardingLayer.class).isAssignableFrom(type);
        for (Method method : Layer.class.getMethods()) {
            if (!method.getName().equals("tables")) {
                assertThat(Arrays.stream(Layer.class.getMethods())
                                .filter(form -> form.getName().equals(method.getName()))
                                .map(form -> declares(type, form))
                                .distinct())
                        .as(method.getName())
                        .hasSize(1);
            }
        }
    }

    private static boolean declares(Class<?> type, Method method) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(each -> each.getName().equals(method.getName())
                        && Arrays.equals(each.getParameterTypes(), method.getParameterTypes()));
    }
}
