package dev.korm.engine.version;

import dev.korm.spi.Row;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import java.io.StringWriter;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A writer of the texts of many images, one after the other, which share its buffers. For one thread. */
final class ImageWriter implements AutoCloseable {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().rootValueSeparator((String) null).build();

    private final StringWriter written = new StringWriter(256);
    private final JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), written);

    String text(RowImage image) {
        json.writeStartObject();
        image.columns().forEach(this::write);
        return ended();
    }

    /** Returns the text of the image that {@link RowImage#of} makes of a new row. */
    String text(List<ColumnSchema> columns, Row row) {
        json.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            Object value = row.get(i);
            if (value != null && RowImage.holds(columns.get(i))) {
                write(columns.get(i), value);
            }
        }
        return ended();
    }

    private void write(ColumnSchema column, Object value) {
        json.writeName(column.name());
        json.writeStartArray();
        json.writeString(column.kind().name());
        write(column.kind(), value);
        json.writeEndArray();
    }

    private String ended() {
        json.writeEndObject();
        json.flush();
        String text = written.toString();
        written.getBuffer().setLength(0);
        return text;
    }

    private void write(ColumnKind kind, Object value) {
        if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof byte[] bytes) {
            json.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Double real && kind == ColumnKind.REAL && isNumber(real)) {
            json.writeNumber(real);
        } else {
            json.writeString(value.toString());
        }
    }

    /** Returns whether JSON has the number as it is. */
    private static boolean isNumber(double real) {
        return Double.isFinite(real) && (real != 0 || Double.doubleToRawLongBits(real) == 0);
    }

    @Override
    public void close() {
        json.close();
    }
}
