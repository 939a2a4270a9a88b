package dev.korm.spi.evaluate;

import dev.korm.spi.evaluate.JsonValue.JsonNumber;
import dev.korm.spi.evaluate.JsonValue.JsonText;
import dev.korm.spi.evaluate.JsonValue.JsonWord;
import dev.korm.spi.evaluate.JsonValue.NoJson;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns operands into functions of the rows at hand. */
final class Operands {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,9})?");

    private Operands() {}

    /** An operand's value, JSON as a tree. */
    @FunctionalInterface
    interface Reader {
        @Nullable Object read(Scope scope);
    }

    /** Returns the values to compare. */
    static Reader reader(Operand operand) {
        if (operand instanceof Operand.Column column) {
            return isJson(column.kind())
                    ? scope -> scope.json(column.source(), column.name())
                    : scope -> scope.column(column.source(), column.name());
        }
        if (operand instanceof Operand.Json json) {
            return json(json);
        }
        if (operand instanceof Operand.Element element) {
            return scope -> notNull(scope.element(element.source()));
        }
        if (operand instanceof Operand.Coalesce firstOf) {
            List<Reader> readers = readers(firstOf.operands());
            return scope -> {
                for (Reader reader : readers) {
                    Object value = reader.read(scope);
                    if (value != null) {
                        return value;
                    }
                }
                return null;
            };
        }
        if (operand instanceof Operand.Constant constant) {
            return constant(constant);
        }
        return scope -> null;
    }

    private static Reader constant(Operand.Constant constant) {
        Object value = constant.value();
        if (constant.witness() == null) {
            return scope -> value;
        }
        Reader witness = reader(constant.witness());
        return scope -> witness.read(scope) == null ? null : value;
    }

    /** Returns whether values of the kind are compared as JSON. */
    static boolean isJson(ColumnKind kind) {
        return kind == ColumnKind.JSON || kind == ColumnKind.ENCRYPTED;
    }

    static List<Reader> readers(List<Operand> operands) {
        List<Reader> readers = new ArrayList<>(operands.size());
        for (Operand operand : operands) {
            readers.add(reader(operand));
        }
        return readers;
    }

    /** Returns the values to answer, of the classes that the operand's kind names. */
    static Evaluator.RowValue output(Operand operand) {
        if (operand instanceof Operand.Column column) {
            return scope -> scope.column(column.source(), column.name());
        }
        Reader reader = reader(operand);
        ColumnKind kind = operand.kind();
        return scope -> answer(reader.read(scope), kind);
    }

    static @Nullable Object answer(@Nullable Object value, ColumnKind kind) {
        if (value instanceof JsonValue json) {
            return JsonTexts.write(json);
        }
        if (kind == ColumnKind.REAL && value instanceof Number number) {
            return number.doubleValue();
        }
        return kind == ColumnKind.BYTES && value instanceof String text ? bytes(text) : value;
    }

    /** Decodes bytes, which JSON holds as base64; a text that is not base64 is returned as it is. */
    private static Object bytes(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return text;
        }
    }

    /** Returns the value as which a constant is compared beside the operand. */
    static Object constant(Operand operand, Object value) {
        if (value instanceof Condition.Parameter) {
            throw new IllegalArgumentException("A parameter stands where a constant has to be; bind it first");
        }
        if (isJson(operand.kind())) {
            return JsonTexts.parse((String) value);
        }
        return value instanceof byte[] bytes && isInsideJson(operand)
                ? Base64.getEncoder().encodeToString(bytes)
                : value;
    }

    /** Returns whether the values are those of a column of an unknown type, which may hold values of several sorts. */
    static boolean isForeign(Operand operand) {
        if (operand instanceof Operand.Coalesce firstOf) {
            return firstOf.operands().stream().anyMatch(Operands::isForeign);
        }
        return operand instanceof Operand.Column && operand.kind() == ColumnKind.OTHER;
    }

    private static boolean isInsideJson(Operand operand) {
        if (operand instanceof Operand.Coalesce firstOf) {
            return firstOf.operands().stream().anyMatch(Operands::isInsideJson);
        }
        return operand instanceof Operand.Json;
    }

    private static Reader json(Operand.Json operand) {
        Operand documentOperand = operand.document();
        JsonPath path = operand.path();
        ColumnKind kind = operand.kind();
        if (documentOperand instanceof Operand.Column column) {
            return scope -> convert(scope.json(column.source(), column.name()), path, kind);
        }
        Reader document = reader(documentOperand);
        return scope -> convert((JsonValue) document.read(scope), path, kind);
    }

    private static @Nullable Object convert(@Nullable JsonValue document, JsonPath path, ColumnKind kind) {
        JsonValue value = document == null ? null : document.at(path);
        if (value == null || value == JsonWord.NULL || value instanceof NoJson) {
            return null;
        }
        return switch (kind) {
            case TEXT, ID, RN, FINGERPRINT, BYTES -> value instanceof JsonText text ? text.text() : null;
            case INTEGER, REAL -> value instanceof JsonNumber number ? number.nearest() : null;
            case DECIMAL -> decimal(value);
            case BOOLEAN -> value instanceof JsonWord word ? (Object) (word == JsonWord.TRUE) : null;
            case JSON, ENCRYPTED -> value;
            case OTHER -> scalar(value);
        };
    }

    private static @Nullable BigDecimal decimal(JsonValue value) {
        if (value instanceof JsonNumber number) {
            return number.exact();
        }
        return value instanceof JsonText text && DECIMAL.matcher(text.text()).matches()
                ? new BigDecimal(text.text())
                : null;
    }

    private static @Nullable Object scalar(JsonValue value) {
        if (value instanceof JsonText text) {
            return text.text();
        }
        if (value instanceof JsonNumber number) {
            return number.nearest();
        }
        return value instanceof JsonWord word ? (Object) (word == JsonWord.TRUE) : null;
    }

    private static @Nullable JsonValue notNull(@Nullable JsonValue value) {
        return value == JsonWord.NULL ? null : value;
    }
}
