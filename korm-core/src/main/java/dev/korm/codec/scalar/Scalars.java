package dev.korm.codec.scalar;

import dev.korm.codec.scalar.ScalarCodec.Order;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.file.FileRef;
import dev.korm.spi.query.ColumnKind;
import java.net.URI;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The codecs of all scalar types that are known by their class alone. */
public final class Scalars {
    private static final int UUID_LENGTH = 36;
    private static final Map<Class<?>, ScalarCodec> MADE = new ConcurrentHashMap<>();

    private Scalars() {}

    /** Returns whether a type is such a scalar. */
    public static boolean isScalar(Class<?> type) {
        return find(type) != null;
    }

    /** Returns the codec of a scalar. */
    public static ScalarCodec of(Class<?> type) {
        ScalarCodec codec = find(type);
        if (codec == null) {
            throw new IllegalArgumentException("No scalar: " + type);
        }
        return codec;
    }

    /** Returns the one codec of a type; null if it is no scalar. Each is made when it is first asked for, since most programs use few of them. */
    private static @Nullable ScalarCodec find(Class<?> type) {
        ScalarCodec known = MADE.get(type);
        if (known != null) {
            return known;
        }
        ScalarCodec made = make(type);
        if (made == null) {
            return null;
        }
        ScalarCodec first = MADE.putIfAbsent(type, made);
        return first == null ? made : first;
    }

    private static @Nullable ScalarCodec make(Class<?> type) {
        if (type == String.class) {
            return new StringCodec();
        }
        ScalarCodec number = NumberCodecs.find(type);
        if (number != null) {
            return number;
        }
        if (type.getPackageName().equals("java.time")) {
            return TimeCodecs.find(type);
        }
        if (type == boolean.class || type == Boolean.class) {
            return new BooleanCodec(type);
        }
        if (type == char.class || type == Character.class) {
            return new CharacterCodec(type);
        }
        if (type == byte[].class) {
            return new BytesCodec();
        }
        if (type == FileRef.class) {
            return new FileRefCodec();
        }
        if (type == UUID.class) {
            return new TextCodec<>(UUID.class, Order.ORDERED, UUID::toString, Scalars::uuid);
        }
        if (type == Locale.class) {
            return new TextCodec<>(Locale.class, Order.UNORDERED, Scalars::tag, Locale::forLanguageTag);
        }
        if (type == Currency.class) {
            return new TextCodec<>(Currency.class, Order.UNORDERED, Currency::getCurrencyCode, Currency::getInstance);
        }
        if (type == URI.class) {
            return new TextCodec<>(URI.class, Order.UNORDERED, URI::toString, URI::create);
        }
        return null;
    }

    private static UUID uuid(String text) {
        if (text.length() != UUID_LENGTH) {
            throw new IllegalArgumentException();
        }
        return UUID.fromString(text);
    }

    private static String tag(Locale locale) {
        String tag = locale.toLanguageTag();
        if (!Locale.forLanguageTag(tag).equals(locale)) {
            throw new TypeMismatch("the locale has parts that a language tag cannot express");
        }
        return tag;
    }

    private static final class BooleanCodec extends ScalarCodec {
        BooleanCodec(Class<?> type) {
            super(type, ColumnKind.BOOLEAN, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value;
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }
    }

    private static final class BytesCodec extends ScalarCodec {
        BytesCodec() {
            super(byte[].class, ColumnKind.BYTES, Order.UNORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value;
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }

        @Override
        public boolean same(Object one, Object other, int depth) {
            return java.util.Arrays.equals((byte[]) one, (byte[]) other);
        }

        @Override
        public Object describe(Object value, int depth) {
            int length = ((byte[]) value).length;
            return length == 1 ? "1 byte" : length + " bytes";
        }
    }

    private static final class StringCodec extends ScalarCodec {
        StringCodec() {
            super(String.class, ColumnKind.TEXT, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value;
        }

        @Override
        public Object fromStored(Object stored) {
            return stored;
        }

        @Override
        public Object convert(Object value, int depth) {
            if (value instanceof Character c) {
                return c.toString();
            }
            return super.convert(value, depth);
        }
    }

    private static final class CharacterCodec extends ScalarCodec {
        CharacterCodec(Class<?> type) {
            super(type, ColumnKind.TEXT, Order.ORDERED);
        }

        @Override
        public Object toStored(Object value) {
            return value.toString();
        }

        @Override
        public Object fromStored(Object stored) {
            String text = (String) stored;
            if (text.length() != 1) {
                throw new TypeMismatch("the text is not one character; declare it as String");
            }
            return text.charAt(0);
        }
    }
}
