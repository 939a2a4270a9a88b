package dev.korm.kalam.layer.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.layer.ledger.Ledger.Appended;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.kalam.KalamServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ledger as several programs see it, of which one has written commits to the rows and another looks from an older moment. */
class LedgerTest {
    private static final String TABLE = "things";
    private static final RowKey ROW = new RowKey(TABLE, "watched");
    private static KalamServer server;

    private final String namespace =
            "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final VirtualEnvironment environment = VirtualEnvironment.seeded(1);
    private final List<KalamClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = KalamServer.start();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @AfterEach
    void close() {
        clients.forEach(KalamClient::close);
    }

    /** Returns the ledger as another program has it that knows nothing yet. */
    private Ledger open() {
        return open(server);
    }

    private Ledger open(KalamServer at) {
        KalamClient client = KalamClient.builder()
                .url(at.url())
                .auth(Auth.basic("admin", at.password()))
                .build();
        clients.add(client);
        Ledger ledger = new Ledger("live", client, namespace, environment);
        ledger.create(client, "SHARED");
        ledger.refresh();
        return ledger;
    }

    private static RowWrite write(RowKey row, String value) {
        return new RowWrite(row, RowData.EMPTY.with(Map.of("v", value)));
    }

    private static void put(Ledger ledger, RowKey row, String value) {
        assertThat(ledger.append(ledger.refresh(), List.of(write(row, value)), List.of(), List.of()))
                .isEqualTo(Appended.STORED);
    }

    /** Makes so many commits of another row that all before them are in the rows, and that everybody is told so. */
    private static void merge(Ledger ledger) {
        for (int i = 0; i < 65; i++) {
            put(ledger, new RowKey(TABLE, "busy"), "b" + i);
            ledger.mergeSometimes();
        }
        put(ledger, new RowKey(TABLE, "busy"), "last");
        assertThat(ledger.known().tail()).hasSizeLessThan(10);
    }

    private static String value(Ledger ledger, Head at) {
        RowData data = ledger.rows(at, List.of(ROW)).get(ROW);
        return data == null ? "none" : String.valueOf(data.stored("v"));
    }

    @Test
    void a_row_that_is_taken_to_be_absent_is_looked_for_by_the_commit() {
        Ledger one = open();
        put(one, ROW, "there");
        merge(one);
        Ledger other = open();
        Head at = other.known();
        assertThat(other.knows(at, ROW)).as("it is in the rows only").isFalse();
        assertThat(other.append(at, List.of(write(ROW, "twice")), List.of(), List.of(ROW)))
                .isEqualTo(Appended.PRESENT);
        assertThat(value(other, other.refresh())).isEqualTo("there");
        RowKey free = new RowKey(TABLE, "free");
        assertThat(other.append(other.known(), List.of(write(free, "new")), List.of(), List.of(free)))
                .isEqualTo(Appended.STORED);
    }

    @Test
    void a_row_as_it_was_is_not_remembered_for_what_it_is_when_the_ledger_has_its_change() {
        Ledger one = open();
        put(one, ROW, "old");
        merge(one);
        Ledger other = open();
        Head before = other.known();
        put(one, ROW, "new");
        other.refresh();
        assertThat(value(other, before)).isEqualTo("old");
        merge(one);
        assertThat(other.refresh().write(ROW)).as("of the ledger").isNull();
        assertThat(value(other, other.known())).isEqualTo("new");
    }

    @Test
    void a_row_as_it_was_is_not_remembered_for_what_it_is_when_its_change_is_in_the_rows() {
        Ledger one = open();
        put(one, ROW, "old");
        merge(one);
        Ledger other = open();
        Head before = other.known();
        put(one, ROW, "new");
        merge(one);
        assertThat(other.refresh().write(ROW)).as("of the ledger").isNull();
        assertThat(value(other, before)).isEqualTo("old");
        assertThat(value(other, other.known())).isEqualTo("new");
    }

    @Test
    void versions_behind_a_moment_are_not_of_it_although_they_are_in_the_rows() {
        Ledger one = open();
        put(one, ROW, "old");
        merge(one);
        Ledger other = open();
        Head before = other.known();
        put(one, ROW, "new");
        RowKey later = new RowKey(TABLE, "watched later");
        put(one, later, "new");
        merge(one);
        assertThat(value(other, before)).isEqualTo("old");
        assertThat(other.rows(before, List.of(later))).isEmpty();
        List<String> scanned = new ArrayList<>();
        other.rows(before, TABLE)
                .forEachRemaining(row -> scanned.add(row.id() + "=" + row.data().stored("v")));
        assertThat(scanned).containsExactly("busy=last", "watched=old");
    }

    @Test
    void nothing_is_merged_while_a_commit_is_prepared_whose_writes_nobody_would_find_later() {
        Ledger one = open();
        Ledger other = open();
        for (int i = 0; i < 70; i++) {
            put(one, new RowKey(TABLE, "busy"), "b" + i);
        }
        assertThat(other.prepare(other.refresh(), List.of(write(ROW, "held")), List.of(), List.of()))
                .isEqualTo(Appended.STORED);
        Head prepared = other.known();
        assertThat(one.refresh().pending()).isNotNull();
        one.mergeSometimes();
        assertThat(other.decide(prepared, true)).isTrue();
        put(one, new RowKey(TABLE, "busy"), "announces what is merged");
        Ledger fresh = open();
        assertThat(value(fresh, fresh.known())).isEqualTo("held");
        one.mergeSometimes();
        put(one, new RowKey(TABLE, "busy"), "last");
        Ledger later = open();
        assertThat(later.known().tail()).as("it is merged then").hasSizeLessThan(10);
        assertThat(value(later, later.known())).isEqualTo("held");
    }

    @Test
    void parts_of_a_commit_that_did_not_come_are_deleted_at_once() {
        Ledger ledger = open();
        List<RowWrite> large = List.of(write(ROW, "x".repeat(500_000)));
        server.faults().answerRightly();
        server.faults().answer(400, REFUSED);
        assertThatThrownBy(() -> ledger.append(ledger.known(), large, List.of(), List.of()))
                .isInstanceOf(StoreException.class);
        assertThat(parts()).as("of a refused commit").isZero();
        server.faults().answerRightly();
        server.faults().answer(503, AWAY);
        assertThat(ledger.append(ledger.known(), large, List.of(), List.of())).isEqualTo(Appended.MOVED);
        assertThat(parts()).as("of one in whose place an empty one is").isZero();
        assertThat(ledger.append(ledger.known(), large, List.of(), List.of())).isEqualTo(Appended.STORED);
        assertThat(parts()).isEqualTo(3);
    }

    @Test
    void a_commit_of_many_megabytes_is_sent_in_requests_that_the_server_takes() {
        Ledger ledger = open();
        // As JSON in JSON it has about three bytes for each character.
        String large = "\"\\".repeat(1_000_000);
        assertThat(ledger.append(ledger.known(), List.of(write(ROW, large)), List.of(), List.of()))
                .isEqualTo(Appended.STORED);
        assertThat(value(open(), ledger.known()).equals(large)).isTrue();
        for (int i = 0; i < 65; i++) {
            put(ledger, new RowKey(TABLE, "busy"), "b" + i);
        }
        ledger.mergeSometimes();
        assertThat(ledger.known().tail()).as("all is in the rows").isEmpty();
        Ledger fresh = open();
        assertThat(value(fresh, fresh.known()).equals(large)).isTrue();
    }

    private long parts() {
        return clients.get(0)
                .queryOne("SELECT count(*) AS n FROM " + namespace + ".korm_rows WHERE k LIKE 'part/%'")
                .orElseThrow()
                .getLong("n");
    }

    private static final String REFUSED =
            "{\"status\":\"error\",\"error\":{\"code\":\"SQL_EXECUTION_ERROR\",\"message\":\"\"}}";
    private static final String AWAY = "{\"status\":\"error\",\"error\":{\"code\":\"NOT_LEADER\",\"message\":\"\"}}";

    @Test
    void a_commit_that_arrives_twice_is_stored_once_also_when_the_server_does_not_say_so_at_once() {
        for (int unanswered = 0; unanswered < 3; unanswered++) {
            Ledger ledger = open();
            String value = "twice " + unanswered;
            Head before = ledger.known();
            server.faults().repeatRequest();
            // The answer to the commit is a conflict; the next are to what is asked then.
            server.faults().answerRightly();
            for (int i = 0; i < unanswered; i++) {
                server.faults().answer(503, AWAY);
            }
            assertThat(ledger.append(before, List.of(write(ROW, value)), List.of(), List.of()))
                    .isEqualTo(Appended.STORED);
            assertThat(ledger.refresh().number()).isEqualTo(before.number() + 1);
            assertThat(value(ledger, ledger.known())).isEqualTo(value);
        }
    }

    @Test
    void a_number_that_another_has_is_looked_at_again_when_the_server_does_not_answer() {
        Ledger one = open();
        Ledger other = open();
        Head old = other.known();
        put(one, ROW, "first");
        server.faults().answerRightly();
        server.faults().answer(503, AWAY);
        assertThat(other.append(old, List.of(write(ROW, "lost")), List.of(), List.of()))
                .isEqualTo(Appended.MOVED);
        assertThat(value(one, one.refresh())).isEqualTo("first");
        assertThat(value(other, other.known())).isEqualTo("first");
    }

    /** Makes as many commits as another program does that this one has not heard of; the last gives the row the value "newest". */
    private void commitUnheard(long behind, int count) {
        KalamClient client = clients.get(0);
        String columns =
                "INSERT INTO " + namespace + ".korm_ledger (n, tx, merged, written_at, state, parts, data) VALUES ";
        List<String> rows = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            rows.add("(" + (behind + i) + ", 'unheard" + i + "', 0, 0, 'STORED', 0, '[[\"" + TABLE
                    + "\",\"watched\",{\"v\":\"" + (i == count ? "newest" : "v" + i) + "\"}]]')");
            if (rows.size() == 200 || i == count) {
                client.query(columns + String.join(", ", rows));
                rows.clear();
            }
        }
    }

    @Test
    void whoever_is_further_behind_than_one_answer_goes_reads_what_is_newest_all_the_same() {
        Ledger one = open();
        put(one, ROW, "old");
        Ledger reading = open();
        Ledger refreshing = open();
        long before = one.known().number();
        commitUnheard(before, 1_005);
        Ledger.Reading read = reading.read(List.of(ROW));
        assertThat(read.at().number()).isEqualTo(before + 1_005);
        assertThat(read.rows().get(ROW).stored("v")).isEqualTo("newest");
        Head head = refreshing.refresh();
        assertThat(head.number()).isEqualTo(before + 1_005);
        assertThat(value(refreshing, head)).isEqualTo("newest");
        put(one, ROW, "last");
        assertThat(value(reading, reading.refresh())).isEqualTo("last");
    }

    @Test
    void a_server_that_is_set_to_end_its_answers_earlier_loses_no_row_and_no_commit() {
        try (KalamServer tight = KalamServer.builder().maxRows(60).start()) {
            Ledger one = open(tight);
            List<RowWrite> writes = IntStream.range(0, 150)
                    .mapToObj(i -> write(new RowKey(TABLE, "r" + (1_000 + i)), "x".repeat(4_000)))
                    .toList();
            assertThat(one.append(one.known(), writes, List.of(), List.of())).isEqualTo(Appended.STORED);
            one.mergeSometimes();
            put(one, ROW, "old");
            Ledger reading = open(tight);
            Ledger refreshing = open(tight);
            assertThat(reading.known().tail()).as("the others are in the rows").hasSize(1);
            long before = one.known().number();
            for (int i = 1; i <= 130; i++) {
                put(one, ROW, "v" + i);
            }
            Ledger.Reading read = reading.read(List.of(ROW));
            assertThat(read.rows().get(ROW).stored("v")).isEqualTo("v130");
            assertThat(read.at().number()).isEqualTo(before + 130);
            assertThat(refreshing.refresh().number()).isEqualTo(before + 130);
            int[] rows = {0};
            reading.rows(reading.known(), TABLE).forEachRemaining(row -> rows[0]++);
            assertThat(rows[0]).isEqualTo(151);
            List<RowKey> some = writes.stream().map(RowWrite::row).limit(70).toList();
            assertThat(open(tight).read(some).rows()).hasSize(70);
        }
    }

    @Test
    void a_table_is_read_for_half_an_hour_and_no_longer() {
        Ledger ledger = open();
        List<RowWrite> writes = IntStream.range(0, 1_100)
                .mapToObj(i -> write(new RowKey(TABLE, "r" + (1_000 + i)), "x".repeat(400)))
                .toList();
        assertThat(ledger.append(ledger.known(), writes, List.of(), List.of())).isEqualTo(Appended.STORED);
        ledger.mergeSometimes();
        assertThat(ledger.known().tail()).as("all are in the rows").isEmpty();
        Iterator<Ledger.Entry> inTime = ledger.rows(ledger.known(), TABLE);
        Iterator<Ledger.Entry> late = ledger.rows(ledger.known(), TABLE);
        inTime.next();
        late.next();
        environment.advance(Duration.ofMinutes(29));
        int[] rest = {0};
        inTime.forEachRemaining(row -> rest[0]++);
        assertThat(rest[0]).isEqualTo(1_099);
        environment.advance(Duration.ofMinutes(2));
        assertThatThrownBy(() -> late.forEachRemaining(row -> {}))
                .isInstanceOf(StoreBusyException.class)
                .hasMessageContaining("30 minutes");
    }
}
