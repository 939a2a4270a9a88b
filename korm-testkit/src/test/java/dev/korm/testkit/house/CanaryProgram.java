package dev.korm.testkit.house;

import static dev.korm.Filter.eq;
import static dev.korm.Filter.everything;
import static dev.korm.Filter.isNull;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import dev.korm.Assignment;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Password;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.SecretsWorld;
import dev.korm.testkit.contract.secret.SecretsWorld.Card;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.memory.MemoryLayer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Goes through everything that a pool can do with secrets, and everything that can go wrong, and writes down whatever a program
 * gets to see of it. {@link CanaryTest} then looks for the secrets in all that is left behind. A program of its own, so that
 * loggers can be set to say all they know from the first line on.
 */
@NullUnmarked
final class CanaryProgram {
    /** In every secret, and in nothing else. */
    static final String STEM = "cAnArYq7z";

    private static final Logger LOG = LoggerFactory.getLogger(CanaryProgram.class);
    private static final byte[] KEY = Arrays.copyOf((STEM + STEM + STEM + STEM).getBytes(UTF_8), 32);

    private final FaultyLayer layer;
    private final PrintStream transcript;
    private Pool pool;
    private int failures;
    private int secrets;

    /** A record whose constructor can be made to refuse, with its value in the message. */
    record Strict(String value) {
        static volatile boolean refuses;

        Strict {
            if (refuses) {
                throw new IllegalArgumentException("refused: " + value);
            }
        }
    }

    @Stored(namespace = "canaries", kind = "yellow")
    record Bird(
            String name,
            Unique<String> ring,
            Encrypted<String> song,
            Encrypted<Strict> strict,
            Password password,
            List<Encrypted<String>> songs,
            Map<String, Card> cards,
            Document notes,
            Optional<Rn<Bird>> friend)
            implements Serializable {}

    record Clash(String name, Encrypted<String> ring) {}

    @Stored(namespace = "canaries", kind = "nest")
    record Nest(
            String name,
            @Searchable(unique = true) Encrypted<String> tag,
            @Searchable Encrypted<String> egg,
            @Searchable(bits = 8) Encrypted<String> shell,
            List<Encrypted<String>> twigs) {}

    private CanaryProgram(LayerSource source, PrintStream transcript) {
        this.layer = FaultyLayer.around(source);
        this.transcript = transcript;
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        LayerSource source =
                switch (args.length) {
                    case 1 -> Sqlite.file(folder.resolve("canary.sqlite"));
                    case 2 -> MySql.url(args[1]).poolSize(3);
                    default -> Postgres.url(args[1]).schema(args[2]).poolSize(3);
                };
        try (PrintStream transcript =
                new PrintStream(folder.resolve("transcript.txt").toFile(), UTF_8)) {
            CanaryProgram program = new CanaryProgram(source, transcript);
            program.run();
            System.out.println("failures=" + program.failures + " secrets=" + program.secrets);
        }
        if (args.length == 1) {
            // What a crash would leave: the write-ahead log, which a clean end takes away.
            Pool left = Korm.pool()
                    .layer("main", source)
                    .withMeta("main")
                    .keys(ring())
                    .open();
            new CanaryProgram(source, System.out).new Left(left).write();
            System.out.println("END");
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }
        System.out.println("END");
    }

    private final class Left {
        Left(Pool open) {
            pool = open;
        }

        void write() {
            birds().fromData(bird("left", "left")).create();
        }
    }

    private static KeyRing ring() {
        return KeyRing.of("k1", Map.of("k1", KEY));
    }

    private String secret(String what) {
        secrets++;
        return STEM + "-" + what;
    }

    private Bird bird(String name, String ring) {
        return new Bird(
                name,
                Unique.of(ring),
                Encrypted.of(secret("song")),
                Encrypted.of(new Strict(secret("strict"))),
                SecretsWorld.hash(secret("password")),
                List.of(Encrypted.of(secret("0")), Encrypted.of(secret("1"))),
                Map.of("visa", new Card("holder", Encrypted.of(secret("card")))),
                Document.of(Map.of(
                        "deep",
                        List.of(Map.of("key", Encrypted.of(secret("deep")))),
                        "pw",
                        SecretsWorld.hash(secret("pw")))),
                Optional.empty());
    }

    private Items<Bird> birds() {
        return Korm.item(Bird.class, pool);
    }

    /** Whatever a program could print of an object. */
    private void note(Object seen) {
        transcript.println(seen);
        LOG.info("seen {}", seen);
        if (seen instanceof Item<?> item) {
            note(item.data());
            transcript.println(item.show(Item.Coloring.PLAIN));
            transcript.println(item.show(Item.Coloring.ANSI));
            serialize(item.data());
        }
        if (seen instanceof Document document) {
            transcript.println(document.toJson());
        }
    }

    private void serialize(Object data) {
        for (JsonMapper mapper : List.of(
                JsonMapper.builder().build(),
                JsonMapper.builder()
                        .changeDefaultVisibility(
                                checker -> checker.withVisibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.ANY))
                        .build())) {
            try {
                transcript.println(mapper.writeValueAsString(data));
            } catch (RuntimeException refused) {
                failed(refused);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(data);
        } catch (IOException refused) {
            failed(refused);
        }
        transcript.writeBytes(bytes.toByteArray());
    }

    private interface Attempt {
        Object make() throws Exception;
    }

    /** Something that has to fail. */
    private void fails(Attempt attempt) {
        Object made;
        try {
            made = attempt.make();
        } catch (Exception expected) {
            failed(expected);
            return;
        }
        throw new AssertionError("It should have failed, and gave a " + made.getClass());
    }

    private void failed(Throwable failure) {
        failures++;
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        transcript.println(text);
        LOG.error("failed", failure);
    }

    private void run() throws IOException {
        pool = Korm.pool().layer("main", layer).withMeta("main").keys(ring()).open();
        Item<Bird> tweety = birds().fromData(bird("Tweety", "t")).create();
        Item<Bird> hansi = birds().fromData(bird("Hansi", "h")).create();
        note(tweety);
        note(birds().fromRn(hansi.rn().toString()).get());
        changes(tweety, hansi);
        questions(tweety.rn());
        values(hansi.rn());
        broken(tweety.rn(), hansi.rn());
        stores(hansi.rn());
        searching();
        moving();
        keys();
        Bird unopened = birds().fromRn(hansi.rn().toString()).get().data();
        pool.close();
        note(unopened);
        fails(unopened.song()::reveal);
        fails(() -> birds().fromData(bird("late", "late")).create());
        fails(() -> hansi.set(Bird::song, Encrypted.of(secret("late"))).commit());
        note(pool);
        note(layer);
    }

    private void changes(Item<Bird> tweety, Item<Bird> hansi) {
        Item<Bird> read = birds().fromRn(tweety.rn().toString()).get();
        var changed = read.set(Bird::song, Encrypted.of(secret("new"))).set("songs[1]", secret("plain"));
        transcript.println(changed + " " + changed.data() + " " + changed.changedFields());
        Item<Bird> now = changed.commit();
        note(now);
        fails(() -> read.set(Bird::song, Encrypted.of(secret("stale"))).commit());
        fails(() -> birds().fromData(bird("Twin", "t")).create());
        fails(() -> birds().fromData(bird("Again", "x")).withRn(tweety.rn()).create());
        Item<Bird> patched = now.patch(Map.of("song", secret("patched"), "password", secret("hashed")))
                .commit();
        note(patched);
        Item<Bird> restored = patched.delete().restore();
        fails(() -> patched.set(Bird::song, Encrypted.of(secret("gone"))).commit());
        note(Korm.tx(
                        restored.set(Bird::song, Encrypted.of(secret("tx"))),
                        hansi.set(Bird::friend, Optional.of(tweety.rn())))
                .persist());
        fails(() -> Korm.tx(
                        restored.set(Bird::song, Encrypted.of(secret("one"))),
                        restored.set(Bird::song, Encrypted.of(secret("two"))))
                .persist());
        fails(() -> restored.set("songs[7]", secret("beyond")));
        fails(() -> restored.set("song.verse", secret("inside")));
        fails(() -> restored.set("nosuch", secret("nosuch")));
    }

    private void questions(Rn<Bird> tweety) {
        note(birds().query().where(eq("name", "Hansi")).resolvePaths("friend").get());
        note(birds().query().where(isNull("song")).explain());
        note(birds().query().where(eq("friend.name", "Tweety")).count());
        try (Stream<Item<Bird>> all = birds().query().stream()) {
            all.forEach(this::note);
        }
        note(birds().query().page(1));
        note(birds().query().groupBy("name").toString());
        note(Korm.item(Document.class, pool).fromRn(tweety.toString()).get());
        fails(() -> birds().query().where(eq("song", secret("asked"))).get());
        fails(() -> birds().query().where(eq("songs[*]", secret("asked"))).get());
        fails(() -> birds().query().where(eq("password", secret("asked"))).get());
        fails(() -> birds().query()
                .where(dev.korm.Filter.like("song", secret("asked") + "%"))
                .get());
        fails(() -> birds().query()
                .where(dev.korm.Filter.inList("song", secret("asked")))
                .get());
        fails(() -> birds().query().where(everything()).updateAll(Assignment.set("song", secret("all"))));
        fails(() -> birds().query().where(everything()).updateAll(Assignment.set("songs", List.of(secret("all")))));
        fails(() -> Korm.item(Document.class, pool)
                .fromQuery("canaries", "yellow")
                .where(eq("song", secret("asked")))
                .get());
    }

    private void values(Rn<Bird> rn) {
        Object deep = secret("deep");
        for (int i = 0; i < 120; i++) {
            deep = List.of(deep);
        }
        Object tooDeep = deep;
        Items<Document> documents = Korm.item(Document.class, pool);
        fails(() -> documents
                .fromData("free", "form", Document.of(Map.of("a", Encrypted.of(tooDeep))))
                .create());
        fails(() -> documents
                .fromData("free", "form", Document.of(Map.of("a", Encrypted.of(secret("nul") + "\0"))))
                .create());
        fails(() -> documents
                .fromData("free", "form", Document.of(Map.of("a", Encrypted.of(new StringBuilder(secret("builder"))))))
                .create());
        fails(() -> Encrypted.of(Encrypted.of(secret("twice"))));
        fails(() -> Password.ofHash(secret("no hash")));
        Item<Bird> item = birds().fromRn(rn.toString()).get();
        fails(() -> item.set("strict", Map.of("valu", secret("misspelt"))));
        fails(() -> item.set("cards", secret("no map")));
        Strict.refuses = true;
        fails(() -> item.data().strict().reveal());
        fails(() -> item.set("strict", Map.of("value", secret("refused"))));
        Strict.refuses = false;
        note(item.data().password().verify(secret("wrong").toCharArray()));
        note(SecretsWorld.CHEAP.verify(item.data().password(), (STEM + "-password").toCharArray()));
        fails(() -> Korm.item(Clash.class, pool)
                .fromData("canaries", "yellow", new Clash("clash", Encrypted.of(secret("clash"))))
                .create());
    }

    /** Secrets that were moved and altered in the store. */
    private void broken(Rn<Bird> tweety, Rn<Bird> hansi) {
        SecretsWorld behind = new SecretsWorld() {
            @Override
            protected LayerSource source() {
                return layer;
            }
        };
        behind.store = layer.open("behind", dev.korm.spi.environment.Environment.system());
        try {
            dev.korm.spi.query.TableName table = dev.korm.spi.query.TableName.items("canaries", "yellow");
            behind.put(table, tweety, "song", behind.cell(table, hansi, "song"));
            behind.put(table, tweety, "strict", "{\"text\":\"no payload\"}");
        } finally {
            behind.store.close();
        }
        Item<Bird> moved = birds().fromRn(tweety.toString()).get();
        note(moved);
        fails(moved.data().song()::reveal);
        fails(moved.data().strict()::reveal);
        fails(() -> birds().fromData(new Bird(
                        "Thief",
                        Unique.of("thief"),
                        moved.data().song(),
                        moved.data().strict(),
                        moved.data().password(),
                        List.of(),
                        Map.of(),
                        Document.EMPTY,
                        Optional.empty()))
                .create());
    }

    private void stores(Rn<Bird> rn) {
        for (Moment moment : Moment.values()) {
            layer.failNext(Call.APPLY, moment, Outcome.NOT_APPLIED);
            fails(() -> birds().fromData(bird("fails", "fails" + moment)).create());
        }
        layer.failNext(Call.SELECT, Moment.BEFORE, Outcome.UNKNOWN);
        fails(() -> birds().fromRn(rn.toString()).get());
        layer.heal();
    }

    private Nest nest(String tag) {
        return new Nest(
                tag,
                Encrypted.of(secret("tag") + tag),
                Encrypted.of(secret("egg")),
                Encrypted.of(secret("shell")),
                List.of(Encrypted.of(secret("twig"))));
    }

    private static Items<Nest> nests(Pool pool) {
        return Korm.item(Nest.class, pool);
    }

    /** Secrets that are found, kept unique, and sealed anew with another key. */
    private void searching() {
        Items<Nest> nests = nests(pool);
        Item<Nest> first = nests.fromData(nest("a")).create();
        note(nests.fromData(nest("b")).create());
        fails(() -> nests.fromData(nest("a")).create());
        note(first.set(Nest::egg, Encrypted.of(secret("other"))).commit());
        for (String field : List.of("egg", "shell", "tag")) {
            note(nests.query().where(eq(field, STEM + "-" + field)).get());
            note(nests.query().where(dev.korm.Filter.ne(field, secret("asked"))).get());
            note(nests.query()
                    .where(dev.korm.Filter.inList(field, secret("one"), STEM + "-shell"))
                    .explain());
            note(nests.query().where(eq(field, secret("asked"))).toString());
            fails(() -> nests.query()
                    .where(dev.korm.Filter.gt(field, secret("asked")))
                    .get());
            fails(() -> nests.query().where(eq(field, List.of(secret("list")))).get());
        }
        note(nests.query().where(eq("shell", STEM + "-shell")).count());
        nests.prepare();
        KeyRing both = KeyRing.of("k2", Map.of("k1", KEY, "k2", new byte[32]));
        try (Pool ahead =
                Korm.pool().layer("main", layer).withMeta("main").keys(both).open()) {
            note(ahead.keys().report());
            fails(() -> {
                ahead.keys().requireUnused("k1");
                return ahead;
            });
            fails(() -> nests(ahead).fromData(nest("a")).create());
            layer.failNext(Call.APPLY, Moment.BEFORE, Outcome.NOT_APPLIED);
            fails(() -> ahead.keys().rotation().run());
            layer.heal();
            note(ahead.keys().rotation().onProgress(this::note).run());
            note(ahead.keys().report());
            fails(() -> {
                ahead.keys().requireUnused("k1");
                return ahead;
            });
            fails(() -> nests(ahead).fromData(nest("a")).create());
        }
        fails(first.reload().data().tag()::reveal);
        KeyRing back = KeyRing.of("k1", Map.of("k1", KEY, "k2", new byte[32]));
        try (Pool again =
                Korm.pool().layer("main", layer).withMeta("main").keys(back).open()) {
            note(again.keys().rotation().run());
        }
    }

    /** Secrets that are bound anew where their collection goes. */
    private void moving() {
        try (Pool two = Korm.pool()
                .layer("main", MemoryLayer.create())
                .layer("other", MemoryLayer.create())
                .keys(ring())
                .open()) {
            nests(two).fromData("main", "canaries", "nest", nest("moving")).create();
            note(Korm.collection(Nest.class, two)
                    .from("main", "canaries", "nest")
                    .to("other")
                    .copy());
            note(nests(two)
                    .fromQuery("other", "canaries", "nest")
                    .where(eq("egg", STEM + "-egg"))
                    .get());
        }
        fails(() -> Korm.item(Document.class, pool)
                .fromData(
                        "free",
                        "form",
                        Document.of(
                                Map.of("a", Encrypted.of(List.of(FileRef.of("files", secret("file"), new byte[1]))))))
                .create());
    }

    private void keys() throws IOException {
        String hex = HexFormat.of().formatHex(KEY);
        note(ring());
        fails(() -> KeyRing.fromEnvironment(name -> hex + "0").currentId());
        fails(() -> KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEYS_VARIABLE) ? hex : null)
                .currentId());
        fails(() -> KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEYS_VARIABLE) ? hex + "=k1" : null)
                .currentId());
        fails(() -> KeyRing.fromEnvironment(name -> name.equals(KeyRing.KEYS_VARIABLE) ? "k1=" + hex + " " : null)
                .currentId());
        fails(() -> KeyRing.of("k1", Map.of("k1", (STEM + "short").getBytes(UTF_8))));
        List<KeyRing> rings = new ArrayList<>();
        rings.add(KeyRing.of("k2", Map.of("k2", new byte[32])));
        rings.add(KeyRing.fromEnvironment(name -> null));
        for (KeyRing other : rings) {
            try (Pool strange = Korm.pool()
                    .layer("main", layer)
                    .withMeta("main")
                    .keys(other)
                    .open()) {
                List<Item<Bird>> items = Korm.item(Bird.class, strange).query().get();
                note(items.stream().map(Object::toString).collect(Collectors.joining()));
                fails(items.get(0).data().songs().get(0)::reveal);
            }
        }
        Path file = Files.createTempFile("keys", ".txt");
        try {
            Files.writeString(file, "not a key " + "x".repeat(8));
            fails(KeyRing.fromFile(file)::currentId);
        } finally {
            Files.delete(file);
        }
    }
}
