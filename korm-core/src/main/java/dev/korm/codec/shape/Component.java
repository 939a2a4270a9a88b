package dev.korm.codec.shape;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A component of a record, or a field of a {@link PlainClass}; its annotations are those of all places that declare it. Immutable. */
public final class Component implements AnnotatedElement {
    private final Class<?> owner;
    private final AnnotatedElement declaration;
    private final AnnotatedElement[] annotated;
    private final @Nullable Method accessor;

    private Component(
            Class<?> owner, AnnotatedElement declaration, AnnotatedElement[] annotated, @Nullable Method accessor) {
        this.owner = owner;
        this.declaration = declaration;
        this.annotated = annotated;
        this.accessor = accessor;
    }

    /**
     * Returns the components of a record or of a plain class, in the order of its constructor.
     *
     * @throws dev.korm.ModelException when the class is neither; says what it lacks
     */
    public static List<Component> of(Class<?> type) {
        RecordComponent[] declared = type.getRecordComponents();
        if (declared == null) {
            return PlainClass.of(type).components();
        }
        List<Component> components = new ArrayList<>(declared.length);
        for (RecordComponent component : declared) {
            components.add(new Component(type, component, new AnnotatedElement[] {component}, null));
        }
        return components;
    }

    /** Returns whether the class is a record, or can be a plain class. */
    public static boolean isComposed(Class<?> type) {
        return type.isRecord() || PlainClass.isCandidate(type);
    }

    static Component of(Field field, Method accessor, @Nullable AnnotatedElement parameter) {
        AnnotatedElement[] annotated = parameter == null
                ? new AnnotatedElement[] {field, accessor}
                : new AnnotatedElement[] {field, parameter, accessor};
        return new Component(field.getDeclaringClass(), field, annotated, accessor);
    }

    /** Returns the class that declares it. */
    public Class<?> owner() {
        return owner;
    }

    public String name() {
        return declaration instanceof RecordComponent component ? component.getName() : field().getName();
    }

    public Class<?> type() {
        return declaration instanceof RecordComponent component ? component.getType() : field().getType();
    }

    public Type genericType() {
        return declaration instanceof RecordComponent component ? component.getGenericType() : field().getGenericType();
    }

    public AnnotatedType annotatedType() {
        return declaration instanceof RecordComponent component
                ? component.getAnnotatedType()
                : field().getAnnotatedType();
    }

    public Method accessor() {
        return declaration instanceof RecordComponent component
                ? component.getAccessor()
                : Objects.requireNonNull(accessor);
    }

    private Field field() {
        return (Field) declaration;
    }

    @Override
    public <A extends Annotation> @Nullable A getAnnotation(Class<A> type) {
        for (AnnotatedElement element : annotated) {
            A found = element.getAnnotation(type);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public Annotation[] getAnnotations() {
        List<Annotation> all = new ArrayList<>();
        for (AnnotatedElement element : annotated) {
            all.addAll(List.of(element.getAnnotations()));
        }
        return all.toArray(Annotation[]::new);
    }

    @Override
    public Annotation[] getDeclaredAnnotations() {
        return getAnnotations();
    }
}
