package dev.korm.codec.base;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A value or none: {@code Optional}, {@code OptionalInt}, {@code OptionalLong}, {@code OptionalDouble}. */
public final class OptionalCodec extends WrapperCodec {
    private final Form form;

    public OptionalCodec(Form form, Codec inner) {
        super(inner);
        this.form = form;
    }

    public enum Form {
        ANY {
            @Override
            boolean isEmpty(Object value) {
                return ((Optional<?>) value).isEmpty();
            }

            @Override
            Object unwrap(Object value) {
                return ((Optional<?>) value).orElseThrow();
            }

            @Override
            Object wrap(Object value) {
                return Optional.of(value);
            }

            @Override
            Object none() {
                return Optional.empty();
            }
        },
        INT {
            @Override
            boolean isEmpty(Object value) {
                return ((OptionalInt) value).isEmpty();
            }

            @Override
            Object unwrap(Object value) {
                return ((OptionalInt) value).getAsInt();
            }

            @Override
            Object wrap(Object value) {
                return OptionalInt.of((Integer) value);
            }

            @Override
            Object none() {
                return OptionalInt.empty();
            }
        },
        LONG {
            @Override
            boolean isEmpty(Object value) {
                return ((OptionalLong) value).isEmpty();
            }

            @Override
            Object unwrap(Object value) {
                return ((OptionalLong) value).getAsLong();
            }

            @Override
            Object wrap(Object value) {
                return OptionalLong.of((Long) value);
            }

            @Override
            Object none() {
                return OptionalLong.empty();
            }
        },
        DOUBLE {
            @Override
            boolean isEmpty(Object value) {
                return ((OptionalDouble) value).isEmpty();
            }

            @Override
            Object unwrap(Object value) {
                return ((OptionalDouble) value).getAsDouble();
            }

            @Override
            Object wrap(Object value) {
                return OptionalDouble.of((Double) value);
            }

            @Override
            Object none() {
                return OptionalDouble.empty();
            }
        };

        abstract boolean isEmpty(Object value);

        abstract Object unwrap(Object value);

        abstract Object wrap(Object value);

        abstract Object none();
    }

    @Override
    public String typeName() {
        return switch (form) {
            case ANY -> "Optional<" + inner().typeName() + ">";
            case INT -> "OptionalInt";
            case LONG -> "OptionalLong";
            case DOUBLE -> "OptionalDouble";
        };
    }

    @Override
    public boolean isEmpty(Object value) {
        return form.isEmpty(value);
    }

    @Override
    public Object ofNull() {
        return form.none();
    }

    @Override
    public Object unwrap(Object value) {
        return form.unwrap(value);
    }

    @Override
    public Object wrap(Object value) {
        return form.wrap(value);
    }
}
