package dev.korm.codec;

import dev.korm.Normalized;
import dev.korm.codec.base.Codec;
import dev.korm.codec.shape.Component;
import dev.korm.codec.shape.RecordAccess;
import dev.korm.codec.text.TypeMismatch;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A component of a record. */
public final class RecordField {
    private final int index;
    private final Component component;
    private final String storedName;
    private final Codec codec;
    private final RecordAccess access;
    /** Made when it is first needed, which is never in a program that only reads; by several threads at once as good as by one. */
    private @Nullable MethodHandle accessor;

    RecordField(int index, Component component, String storedName, Codec codec, RecordAccess access) {
        this.index = index;
        this.component = component;
        this.storedName = storedName;
        this.codec = codec;
        this.access = access;
    }

    /** Returns its index among the components, from 0. */
    public int index() {
        return index;
    }

    public Component component() {
        return component;
    }

    /** Returns the component's name. */
    public String name() {
        return component.name();
    }

    /** Returns the name of its column, or its key inside JSON. */
    public String storedName() {
        return storedName;
    }

    public Codec codec() {
        return codec;
    }

    /** Returns the differences between its texts that {@link Normalized} ignores. */
    public Set<Normalized.Form> forms() {
        return TypeResolver.forms(component);
    }

    /** Returns the component's value in a record. */
    public @Nullable Object get(Object value) {
        MethodHandle handle = accessor;
        if (handle == null) {
            handle = access.accessor(component);
            accessor = handle;
        }
        try {
            return (Object) handle.invokeExact(value);
        } catch (Error fatal) {
            throw fatal;
        } catch (Throwable failed) {
            throw new TypeMismatch(
                    "the accessor " + name() + "() fails (its "
                            + failed.getClass().getSimpleName() + " is the cause)",
                    failed);
        }
    }
}
