package dev.korm.engine.version;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.Layer;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class RecordingLayerTest {
    @Test
    void hands_on_every_call_also_those_that_a_layer_need_not_have() throws NoSuchMethodException {
        for (Method call : Layer.class.getMethods()) {
            if (!Modifier.isStatic(call.getModifiers())) {
                Method own = RecordingLayer.class.getMethod(call.getName(), call.getParameterTypes());
                assertThat(own.getDeclaringClass()).as("%s", call).isEqualTo(RecordingLayer.class);
            }
        }
    }
}
