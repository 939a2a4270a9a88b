package dev.korm.codec.scalar;

import dev.korm.codec.scalar.ScalarCodec.Order;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.IsoText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.time.DateTimeException;
import java.util.function.Function;

/** A type that is stored as a text of its own form. */
final class TextCodec<T> extends ScalarCodec {
    private final Class<T> values;
    private final Function<T, String> print;
    private final Function<String, T> parse;

    TextCodec(Class<T> type, Order order, Function<T, String> print, Function<String, T> parse) {
        super(type, ColumnKind.TEXT, order);
        this.values = type;
        this.print = print;
        this.parse = parse;
    }

    @Override
    public Object constant(Object value) {
        String end = IsoText.beyond(bare(value), values);
        return end != null ? end : super.constant(value);
    }

    @Override
    public Object toStored(Object value) {
        return print.apply(values.cast(value));
    }

    @Override
    public Object fromStored(Object stored) {
        try {
            return parse.apply((String) stored);
        } catch (IllegalArgumentException | DateTimeException malformed) {
            // The parser's message quotes the text, which is data.
            throw new TypeMismatch("the text is not " + Article.with(typeName()));
        }
    }
}
