package dev.korm.wal.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.testkit.Seed;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows come back as they were written, whichever way their lines are read, and their hashes stay what they were in backups of earlier versions. */
@NullUnmarked // Tests dereference what they expect to be there.
class StoredRowTest {
    private static final int ROWS = 5_000;

    private static final List<ColumnSchema> COLUMNS = List.of(
            new ColumnSchema("rnId", ColumnKind.ID),
            new ColumnSchema("name", ColumnKind.TEXT),
            new ColumnSchema("age", ColumnKind.INTEGER),
            new ColumnSchema("weight", ColumnKind.REAL),
            new ColumnSchema("old", ColumnKind.BOOLEAN),
            new ColumnSchema("tags", ColumnKind.JSON),
            new ColumnSchema("price", ColumnKind.DECIMAL),
            new ColumnSchema("raw", ColumnKind.BYTES),
            new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));

    private static final StoredTable TABLE =
            new StoredTable("main", new TableSchema(new TableName("__items__a__b", TableName.ID), COLUMNS, List.of()));

    private static final String[] TEXTS = {
        "",
        "plain",
        "a quote \" and \\ a slash",
        "lines\r\n\tand\u007f",
        "controls \b\f\u0001\u001f",
        "Köln",
        "😀 ～",
        "half \ud83d",
        "\ude00?",
        "[\"a\",\"b\"]",
        "{\"b\": [1, 2.50], \"a\": null}",
        "{\"ö\":{\"～\":1,\"😀\":2}}",
        "sixteen bytes 16",
        "seven \"7",
        "?"
    };

    /** A visitor that keeps values, or hashes lines. */
    private static final class Rows implements BackupVisitor {
        final List<@Nullable Object[]> values = new ArrayList<>();
        final TableHash.@Nullable Adding lines;
        long stored;

        Rows(TableHash.@Nullable Adding lines) {
            this.lines = lines;
        }

        @Override
        public boolean stored(StoredRow row) {
            if (lines == null) {
                return false;
            }
            lines.add(row);
            stored++;
            return true;
        }

        @Override
        public void row(@Nullable Object[] row) {
            values.add(row);
            if (lines != null) {
                lines.add(row);
            }
        }
    }

    private static byte[] written(List<@Nullable Object[]> rows, TableHash hash) {
        LineWriter out = new LineWriter();
        TableHash.Rows canonical = new TableHash.Rows(COLUMNS);
        out.table(TABLE);
        rows.forEach(row -> out.row(row, hash, canonical));
        out.end(rows.size());
        Bytes bytes = out.take().write();
        return Arrays.copyOf(bytes.array(), bytes.size());
    }

    private static Rows read(byte[] lines, TableHash.@Nullable Adding hashing) {
        Rows rows = new Rows(hashing);
        LineReader reader = new LineReader(rows);
        reader.read(lines);
        reader.end();
        return rows;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(2); i >= 0; i--) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return text.toString();
    }

    private static double real(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(1000);
            case 1 -> -random.nextInt(100_000) / 100.0;
            case 2 -> Double.longBitsToDouble(random.nextLong() & ~(1L << 52));
            case 3 -> random.nextBoolean() ? -0.0 : Double.MIN_VALUE;
            default -> random.nextDouble() * 1e17;
        };
    }

    private static @Nullable Object[] row(Random random) {
        byte[] raw = new byte[random.nextInt(20)];
        random.nextBytes(raw);
        @Nullable Object[] row = {
            Long.toString(random.nextLong()),
            text(random),
            random.nextLong() >> random.nextInt(64),
            real(random),
            random.nextBoolean(),
            text(random),
            new BigDecimal(real(random)).movePointRight(random.nextInt(20) - 10),
            raw,
            random.nextBoolean() ? Long.MIN_VALUE + random.nextInt(3) : random.nextLong() >>> 1
        };
        for (int i = 1; i < row.length; i++) {
            if (random.nextInt(8) == 0) {
                row[i] = null;
            }
        }
        return row;
    }

    @Test
    void rows_come_back_as_values_and_give_the_hash_that_was_written() {
        Random random = Seed.random(StoredRowTest.class);
        List<@Nullable Object[]> rows = new ArrayList<>();
        TableHash.Adding expected = new TableHash.Adding(COLUMNS);
        for (int i = 0; i < ROWS; i++) {
            @Nullable Object[] row = row(random);
            rows.add(row);
            expected.add(row.clone());
        }
        TableHash written = new TableHash();
        byte[] lines = written(rows, written);
        assertThat(written.content()).isEqualTo(expected.hash().content());
        assertThat(written.revisions()).isEqualTo(expected.hash().revisions());
        assertThat(read(lines, null).values)
                .usingElementComparator(StoredRowTest::compare)
                .isEqualTo(rows);

        TableHash.Adding hashing = new TableHash.Adding(COLUMNS);
        Rows hashed = read(lines, hashing);
        assertThat(hashed.stored).as("most lines are of the plain kind").isGreaterThan(ROWS / 3);
        assertThat(hashed.values).as("some are not").isNotEmpty();
        assertThat(hashing.hash().content()).isEqualTo(written.content());
        assertThat(hashing.hash().revisions()).isEqualTo(written.revisions());
    }

    private static int compare(@Nullable Object[] one, @Nullable Object[] other) {
        return Arrays.deepEquals(one, other) ? 0 : 1;
    }

    @Test
    void the_hashes_of_rows_are_those_of_earlier_versions() {
        TableHash.Adding all = new TableHash.Adding(COLUMNS);
        all.add(new Object[] {
            "1",
            "Kö\"ln\\ 😀\n",
            -5L,
            0.1,
            true,
            "{\"b\": [1, 2.50, \"\\u00e9\"], \"a\": null}",
            new BigDecimal("1.500"),
            new byte[] {1, 2, 3},
            7L
        });
        assertThat(all.hash().content()).isEqualTo("8832918a320be35f4c64614501d5f6697e986b5533e4c401e63f407042152efc");
        assertThat(all.hash().revisions()).isEqualTo("3af35d2cbecd8c67");
        all.add(new Object[] {
            "2", null, Long.MIN_VALUE, -1e300, false, "not json", new BigDecimal("-1E+5"), new byte[0], 1L << 62
        });
        all.add(new Object[] {"3", "", 0L, 3.0, null, "[{\"z\":1,\"ö\":{},\"\\u0061\":0.0000001}]", null, null, null});
        assertThat(all.hash().content()).isEqualTo("85bb7b740e3bc12408dd3252ce80ad54cf95b971da44dd555104e11416d0f92b");
        assertThat(all.hash().revisions()).isEqualTo("34a2acfe8e49554b");
    }

    @Test
    void a_line_that_is_altered_is_told_whichever_way_it_is_read() {
        Random random = Seed.random(StoredRowTest.class);
        List<@Nullable Object[]> rows = List.<@Nullable Object[]>of(row(random), row(random), row(random));
        TableHash written = new TableHash();
        byte[] lines = written(rows, written);
        int begin = new String(lines, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
        int different = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] altered = lines.clone();
            int at = begin + random.nextInt(lines.length - begin);
            altered[at] ^= (byte) (1 << random.nextInt(8));
            TableHash.Adding hashing = new TableHash.Adding(COLUMNS);
            try {
                read(altered, hashing);
            } catch (IllegalArgumentException refused) {
                continue;
            }
            TableHash.Adding values = new TableHash.Adding(COLUMNS);
            read(altered, null).values.forEach(values::add);
            boolean same = isSame(hashing.hash(), written);
            assertThat(isSame(values.hash(), written)).as("altered at " + at).isEqualTo(same);
            different += same ? 0 : 1;
        }
        assertThat(different).isPositive();
    }

    private static boolean isSame(TableHash one, TableHash other) {
        return one.content().equals(other.content()) && one.revisions().equals(other.revisions());
    }

    @Test
    void lines_that_are_json_in_another_way_are_read_too_and_others_are_refused() {
        byte[] lines = written(List.of(), new TableHash());
        String table = new String(lines, StandardCharsets.UTF_8).split("\n")[0];
        String row = "[ \"1\" , \"\\u0061\\/\", 5, 12e-1, true, null, \"1.5\", \"AQI=\", 7 ]";
        Rows read = read((table + "\n" + row + "\n{\"t\":\"end\",\"n\":1}\n").getBytes(StandardCharsets.UTF_8), null);
        assertThat(read.values.get(0))
                .containsExactly("1", "a/", 5L, 1.2, true, null, new BigDecimal("1.5"), new byte[] {1, 2}, 7L);
        for (String bad : List.of(
                "[\"1\",\"a\",5,1.2,true,null,\"1.5\",\"AQI=\"]",
                "[\"1\",\"a\",5,1.2,true,null,\"1.5\",\"AQI=\",7,8]",
                "[\"1\",\"a\",5,1.2,true,null,\"1.5\",\"AQI=\",7",
                "[\"1\",\"a\",05,1.2,true,null,\"1.5\",\"AQI=\",7]",
                "[\"1\",\"a\",9223372036854775808,1.2,true,null,\"1.5\",\"AQI=\",7]",
                "[\"1\",\"a\",5,1.,true,null,\"1.5\",\"AQI=\",7]",
                "[\"1\",\"a\",5,1.2,tru,null,\"1.5\",\"AQI=\",7]",
                "[\"1\",\"a\u0001\",5,1.2,true,null,\"1.5\",\"AQI=\",7]",
                "[\"1\",\"a\",5,1.2,true,null,\"x\",\"AQI=\",7]",
                "[\"1\",\"a\",5,1.2,true,null,\"1.5\",\"?\",7]",
                "[\"1\",\"a\",5,1.2,true,{},\"1.5\",\"AQI=\",7]",
                "7")) {
            assertThatThrownBy(() -> read(
                            (table + "\n" + bad + "\n{\"t\":\"end\",\"n\":1}\n").getBytes(StandardCharsets.UTF_8),
                            new TableHash.Adding(COLUMNS)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
