package dev.korm.testkit.random;

import static dev.korm.Aggregate.count;
import static dev.korm.Aggregate.max;
import static dev.korm.Aggregate.sum;
import static dev.korm.Assignment.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.DeletePolicy;
import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Order;
import dev.korm.Page;
import dev.korm.PoolTransaction;
import dev.korm.Query;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.testkit.ConcurrentTest;
import dev.korm.testkit.Seed;
import dev.korm.testkit.contract.PoolContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random transactions, held against a map in memory: each reads what the map says with its own changes, some fail in the end, and what a question
 * finds in a transaction is what it finds after it. Prints its seed; {@code -Dkorm.seed=…} repeats a run.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class RandomTransactionsContract extends PoolContract {
    private static final List<String> OWNERS = List.of("fred", "wilma", "barney", "betty", "Ädam", "");

    /** An account that may name another. */
    @Stored(namespace = "random", kind = "account")
    public record Account(
            String owner,
            long balance,
            @Nullable Double rate,
            List<String> tags,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Account> partner) {
        Account with(long other) {
            return new Account(owner, other, rate, tags, partner);
        }
    }

    /** Ends a transaction of the test. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Map<Rn<Account>, Account> model = new LinkedHashMap<>();

    @Test
    void random_transactions_leave_what_a_map_holds() {
        run(25);
    }

    @Test
    @Tag("long")
    void many_random_transactions_leave_what_a_map_holds() {
        run(300);
    }

    private Items<Account> accounts() {
        return Korm.item(Account.class, pool());
    }

    private void run(int transactions) {
        Random random = Seed.random(getClass());
        for (int i = 0; i < transactions; i++) {
            Map<Rn<Account>, Account> after = new LinkedHashMap<>(model);
            List<Function<Items<Account>, Object>> questions = questions(random);
            boolean fails = random.nextInt(4) == 0;
            try {
                List<Object> before = pool().transaction(tx -> {
                    int acts = random.nextInt(12);
                    for (int act = 0; act < acts; act++) {
                        if (random.nextInt(6) == 0) {
                            part(tx, random, after, 2);
                        } else {
                            act(tx, random, after);
                        }
                        if (random.nextInt(4) == 0) {
                            requireSame(tx.item(Account.class), after);
                        }
                    }
                    requireSame(tx.item(Account.class), after);
                    List<Object> answers = new ArrayList<>();
                    questions.forEach(question -> answers.add(question.apply(tx.item(Account.class))));
                    if (fails) {
                        throw new Enough();
                    }
                    return answers;
                });
                model = after;
                for (int question = 0; question < questions.size(); question++) {
                    assertThat(questions.get(question).apply(accounts()))
                            .as("question %s of transaction %s", question, i)
                            .isEqualTo(before.get(question));
                }
            } catch (Enough enough) {
                assertThat(fails).isTrue();
            }
            requireSame(accounts(), model);
        }
    }

    private static void requireSame(Items<Account> items, Map<Rn<Account>, Account> model) {
        Map<String, Account> found = new TreeMap<>();
        items.query().get().forEach(item -> found.put(item.rn().toString(), item.data()));
        Map<String, Account> expected = new TreeMap<>();
        model.forEach((rn, account) -> expected.put(rn.toString(), account));
        assertThat(found).isEqualTo(expected);
    }

    /** Acts behind a savepoint, and takes back some of it. */
    private void part(PoolTransaction tx, Random random, Map<Rn<Account>, Account> state, int depth) {
        PoolTransaction.Savepoint savepoint = tx.savepoint();
        Map<Rn<Account>, Account> before = new LinkedHashMap<>(state);
        for (int acts = random.nextInt(5); acts > 0; acts--) {
            if (depth > 0 && random.nextInt(4) == 0) {
                part(tx, random, state, depth - 1);
            } else {
                act(tx, random, state);
            }
        }
        if (random.nextInt(3) > 0) {
            savepoint.rollback();
            state.clear();
            state.putAll(before);
            if (random.nextBoolean()) {
                requireSame(tx.item(Account.class), state);
            }
        }
    }

    private void act(PoolTransaction tx, Random random, Map<Rn<Account>, Account> state) {
        Items<Account> items = tx.item(Account.class);
        Rn<Account> picked = state.isEmpty() ? null : new ArrayList<>(state.keySet()).get(random.nextInt(state.size()));
        switch (picked == null ? 0 : random.nextInt(10)) {
            case 0, 1, 2 -> {
                Account made = account(random, state);
                Item<Account> item = items.fromData(made).create();
                state.put(item.rn(), made);
            }
            case 3, 4 -> {
                Item<Account> item = items.fromRn(picked).get();
                assertThat(item.data()).isEqualTo(state.get(picked));
                Account changed = account(random, state);
                assertThat(item.update(old -> changed).commit().data()).isEqualTo(changed);
                state.put(picked, changed);
            }
            case 5 -> {
                Item<Account> item = items.query()
                        .where(Filter.eq("owner", state.get(picked).owner()))
                        .orderBy(Order.asc("balance"))
                        .first()
                        .get();
                long balance = random.nextInt(100);
                item.set(Account::balance, balance).commit();
                state.computeIfPresent(item.rn(), (rn, old) -> old.with(balance));
            }
            case 6 -> delete(items, picked, state);
            case 7 -> {
                Account elsewhere = model.get(picked);
                if (elsewhere != null && elsewhere.equals(state.get(picked))) {
                    // Read outside, at its revision before the transaction, unless the transaction has changed it and
                    // changed it back.
                    Item<Account> outside = accounts().fromRn(picked).get();
                    if (items.fromRn(picked).get().revision() == outside.revision()) {
                        tx.update(outside.set(Account::balance, -1L));
                        state.put(picked, elsewhere.with(-1));
                    }
                }
            }
            case 8 -> {
                long most = random.nextInt(50);
                long changed = items.query().where(Filter.lt("balance", most)).updateAll(set("rate", 0.5));
                long expected = 0;
                for (Map.Entry<Rn<Account>, Account> each : state.entrySet()) {
                    Account old = each.getValue();
                    if (old.balance() < most) {
                        expected++;
                        each.setValue(new Account(old.owner(), old.balance(), 0.5, old.tags(), old.partner()));
                    }
                }
                assertThat(changed).isEqualTo(expected);
            }
            default ->
                assertThat(items.fromRn(picked)
                                .resolvePaths("partner")
                                .get()
                                .data()
                                .partner())
                        .satisfies(partner -> {
                            Rn<Account> named = state.get(picked).partner();
                            assertThat(partner).isEqualTo(named);
                            if (named != null) {
                                assertThat(partner.get()).isEqualTo(state.get(named));
                            }
                        });
        }
    }

    /** Deletes an account that nothing which the transaction has changed refers to. */
    private static void delete(Items<Account> items, Rn<Account> picked, Map<Rn<Account>, Account> state) {
        Account going = state.get(picked);
        for (Map.Entry<Rn<Account>, Account> each : state.entrySet()) {
            Account old = each.getValue();
            if (picked.equals(old.partner()) && !each.getKey().equals(picked)) {
                Account alone = new Account(old.owner(), old.balance(), old.rate(), old.tags(), null);
                items.fromRn(each.getKey()).get().set(Account::partner, null).commit();
                each.setValue(alone);
            }
        }
        Item<Account> item = items.fromRn(picked).get();
        assertThat(item.data()).isEqualTo(going);
        item.delete();
        assertThat(items.fromRn(picked).find()).isEmpty();
        state.remove(picked);
    }

    private static Account account(Random random, Map<Rn<Account>, Account> state) {
        List<Rn<Account>> others = new ArrayList<>(state.keySet());
        List<String> tags = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tags.add(OWNERS.get(random.nextInt(OWNERS.size())));
        }
        return new Account(
                OWNERS.get(random.nextInt(OWNERS.size())),
                random.nextInt(100) - 20,
                random.nextInt(3) == 0 ? null : random.nextInt(8) / 4.0,
                tags,
                others.isEmpty() || random.nextBoolean() ? null : others.get(random.nextInt(others.size())));
    }

    private static List<Function<Items<Account>, Object>> questions(Random random) {
        List<Function<Items<Account>, Object>> questions = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Filter filter = filter(random, 2);
            Order[] order = order(random);
            int limit = 1 + random.nextInt(10);
            questions.add(
                    switch (random.nextInt(7)) {
                        case 0 ->
                            items -> rns(
                                    items.query().where(filter).orderBy(order).get());
                        case 1 ->
                            items -> rns(items.query()
                                    .where(filter)
                                    .orderBy(order)
                                    .limit(limit)
                                    .get());
                        case 2 -> items -> pages(items.query().where(filter).orderBy(order), limit);
                        case 3 ->
                            items -> items.query().where(filter).count()
                                    + " " + items.query().where(filter).exists() + " "
                                    + items.query().where(filter).sum("balance") + " "
                                    + items.query().where(filter).min("owner") + " "
                                    + items.query().where(filter).max("partner.balance");
                        case 4 ->
                            items -> items
                                    .query()
                                    .where(filter)
                                    .groupBy("owner")
                                    .orderBy(Order.asc("owner"))
                                    .select(count(), sum("balance"), max("rate"))
                                    .stream()
                                    .map(group -> group.text("owner")
                                            + group.count()
                                            + group.number(sum("balance"))
                                            + group.get(max("rate")))
                                    .toList();
                        case 5 ->
                            items -> items
                                    .query()
                                    .where(filter)
                                    .groupBy("partner.owner")
                                    .orderBy(Order.desc(count()), Order.asc("partner.owner"))
                                    .select(count())
                                    .stream()
                                    .map(group -> group.text("partner.owner") + group.count())
                                    .toList();
                        default ->
                            items ->
                                    items
                                            .query()
                                            .where(filter)
                                            .orderBy(order)
                                            .resolvePaths("partner.partner")
                                            .get()
                                            .stream()
                                            .map(item -> item.rn() + " "
                                                    + item.data().partner() + " "
                                                    + Optional.ofNullable(
                                                                    item.data().partner())
                                                            .flatMap(Rn::carried)
                                                            .map(partner -> partner.data()
                                                                    .owner()))
                                            .toList();
                    });
        }
        return questions;
    }

    private static Filter filter(Random random, int depth) {
        if (depth > 0 && random.nextBoolean()) {
            Filter left = filter(random, depth - 1);
            Filter right = filter(random, depth - 1);
            return switch (random.nextInt(3)) {
                case 0 -> left.and(right);
                case 1 -> left.or(right);
                default -> Filter.not(left);
            };
        }
        String owner = OWNERS.get(random.nextInt(OWNERS.size()));
        long number = random.nextInt(100) - 20L;
        return switch (random.nextInt(9)) {
            case 0 -> Filter.eq("owner", owner);
            case 1 -> Filter.gt("balance", number);
            case 2 -> Filter.lt("rate", 1.1);
            case 3 -> Filter.isNull("rate");
            case 4 -> Filter.eq("partner.owner", owner);
            case 5 -> Filter.lt("partner.partner.balance", number);
            case 6 -> Filter.eq("tags[*]", owner);
            case 7 -> Filter.contains("owner", owner);
            default -> Filter.isNull("partner");
        };
    }

    private static Order[] order(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Order[] {Order.asc("balance")};
            case 1 -> new Order[] {Order.desc("rate"), Order.asc("owner")};
            case 2 -> new Order[] {Order.asc("partner.owner")};
            default -> new Order[] {Order.desc("owner"), Order.desc("balance")};
        };
    }

    private static List<String> rns(List<Item<Account>> items) {
        return items.stream().map(item -> item.rn() + " " + item.revision()).toList();
    }

    private static List<String> pages(Query<Account> query, int size) {
        List<String> all = new ArrayList<>();
        Page<Account> page = query.page(size);
        while (true) {
            all.addAll(rns(page.items()));
            if (page.next().isEmpty()) {
                return all;
            }
            page = query.page(size, page.next().get());
        }
    }

    /** Money is moved by several threads at once; what others see is always the same sum, and in the end every move has happened once. */
    @ConcurrentTest
    void transfers_by_many_threads_keep_the_sum_and_happen_once_each() throws Exception {
        int threads = 6;
        int each = 25;
        List<Rn<Account>> rns = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rns.add(accounts()
                    .fromData(new Account("a" + i, 1000, null, List.of(), null))
                    .create()
                    .rn());
        }
        long seed = Seed.next(getClass());
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Map<Rn<Account>, Long>>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seed + thread);
                running.add(executor.submit(() -> transfers(rns, each, random)));
            }
            Map<Rn<Account>, Long> expected = new LinkedHashMap<>();
            rns.forEach(rn -> expected.put(rn, 1000L));
            for (Future<Map<Rn<Account>, Long>> one : running) {
                one.get(120, TimeUnit.SECONDS).forEach((rn, amount) -> expected.merge(rn, amount, Long::sum));
            }
            Map<Rn<Account>, Long> found = new LinkedHashMap<>();
            rns.forEach(rn -> found.put(rn, accounts().fromRn(rn).get().data().balance()));
            assertThat(found).isEqualTo(expected);
        } finally {
            executor.shutdownNow();
        }
    }

    private Map<Rn<Account>, Long> transfers(List<Rn<Account>> rns, int count, Random random) {
        PoolTransaction.Options patient = PoolTransaction.Options.DEFAULT
                .withAttempts(1000)
                .withPauses(Duration.ofMillis(1), Duration.ofMillis(20));
        Map<Rn<Account>, Long> moved = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Rn<Account> from = rns.get(random.nextInt(rns.size()));
            Rn<Account> to = rns.get(random.nextInt(rns.size()));
            long amount = 1L + random.nextInt(9);
            if (from.equals(to)) {
                // Somebody who only reads, all at one moment.
                long all = pool().transaction(patient, tx -> {
                    long sum = 0;
                    for (Rn<Account> rn : rns) {
                        sum += tx.item(Account.class).fromRn(rn).get().data().balance();
                    }
                    return sum;
                });
                assertThat(all).isEqualTo(1000L * rns.size());
                continue;
            }
            pool().runTransaction(patient, tx -> {
                Items<Account> items = tx.item(Account.class);
                Item<Account> source = items.fromRn(from).get();
                Item<Account> target = items.fromRn(to).get();
                source.set(Account::balance, source.data().balance() - amount).commit();
                target.set(Account::balance, target.data().balance() + amount).commit();
                assertThat(items.fromRns(List.of(from, to)).stream()
                                .mapToLong(item -> item.data().balance())
                                .sum())
                        .isEqualTo(source.data().balance() + target.data().balance());
            });
            moved.merge(from, -amount, Long::sum);
            moved.merge(to, amount, Long::sum);
        }
        return moved;
    }
}
