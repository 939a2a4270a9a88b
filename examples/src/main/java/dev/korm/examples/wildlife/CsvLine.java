package dev.korm.examples.wildlife;

import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** A line of a file, read by the names of its columns. What is not as it should be is a {@link BadLineException}. */
final class CsvLine {
    private final NamedCsvRecord fields;

    CsvLine(NamedCsvRecord fields) {
        int expected = fields.getHeader().size();
        int found = fields.getFieldCount();
        if (found != expected) {
            throw new BadLineException(found + " columns instead of " + expected);
        }
        this.fields = fields;
    }

    /** Returns a text that is not empty. */
    String text(String column) {
        String text = raw(column);
        if (text.isEmpty()) {
            throw new BadLineException("nothing in the column \"" + column + "\"");
        }
        return text;
    }

    /** Returns a text, or nothing where the file has its word for nothing. */
    Optional<String> textUnless(String column, String nothing) {
        return Optional.of(text(column)).filter(text -> !text.equals(nothing));
    }

    int wholeNumber(String column) {
        String text = text(column);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            throw unreadable(column, text, "no whole number");
        }
    }

    OptionalInt wholeNumberIfAny(String column) {
        return raw(column).isEmpty() ? OptionalInt.empty() : OptionalInt.of(wholeNumber(column));
    }

    double decimal(String column) {
        String text = text(column);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException none) {
            throw unreadable(column, text, "no number");
        }
    }

    /** Returns a date such as {@code 1999-12-31}. */
    LocalDate date(String column) {
        String text = text(column);
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException none) {
            throw unreadable(column, text, "no date such as 1999-12-31");
        }
    }

    /** Reads one of the constants, upper case or lower. */
    <E extends Enum<E>> E oneOf(String column, Class<E> type) {
        String text = text(column);
        try {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException none) {
            List<E> known = Arrays.asList(type.getEnumConstants());
            throw unreadable(column, text, "none of " + known);
        }
    }

    private String raw(String column) {
        return fields.findField(column)
                .orElseThrow(() -> new BadLineException("the file has no column \"" + column + "\""))
                .strip();
    }

    private static BadLineException unreadable(String column, String text, String problem) {
        return new BadLineException("\"" + text + "\" in the column \"" + column + "\" is " + problem);
    }
}
