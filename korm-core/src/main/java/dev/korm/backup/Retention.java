package dev.korm.backup;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The choice of which backups are kept. Whatever it says, the last one that was verified stays. */
public sealed interface Retention {
    /** No limit. */
    record All() implements Retention {}

    /** Nothing but the last one that was verified. */
    record None() implements Retention {}

    /** A limit of some days of 24 hours. */
    record Days(int days) implements Retention {
        public Days {
            requireNotNegative(days);
        }
    }

    /** A number of the newest. */
    record Count(int count) implements Retention {
        public Count {
            requireNotNegative(count);
        }
    }

    /** The newest of each of the last days, weeks, months and years that have one is kept; by UTC. */
    record Generations(int days, int weeks, int months, int years) implements Retention {
        public Generations {
            requireNotNegative(Math.min(Math.min(days, weeks), Math.min(months, years)));
        }
    }

    private static void requireNotNegative(int number) {
        if (number < 0) {
            throw new ConfigurationException("A retention has no negative numbers; " + number + " was given");
        }
    }

    static Retention all() {
        return new All();
    }

    static Retention none() {
        return new None();
    }

    /** Keeps what is not older than some days. */
    static Retention days(int days) {
        return new Days(days);
    }

    /** Keeps the newest. */
    static Retention backups(int count) {
        return new Count(count);
    }

    /** Keeps one for each of the last days, weeks, months and years: grandfather, father and son. */
    static Retention generations(int days, int weeks, int months, int years) {
        return new Generations(days, weeks, months, years);
    }

    /**
     * Returns which moments of backups are kept.
     *
     * @param backups in any order
     */
    default Set<Instant> kept(Collection<Instant> backups, Instant now) {
        requireNonNull(now, "now");
        List<Instant> newest = requireElements(backups, "backups").stream()
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        Set<Instant> kept = new TreeSet<>();
        if (this instanceof All) {
            kept.addAll(newest);
        } else if (this instanceof Days limit) {
            Instant oldest = now.minus(Duration.ofDays(limit.days()));
            newest.stream().filter(backup -> !backup.isBefore(oldest)).forEach(kept::add);
        } else if (this instanceof Count limit) {
            kept.addAll(newest.subList(0, Math.min(limit.count(), newest.size())));
        } else if (this instanceof Generations each) {
            keep(kept, newest, each.days(), date -> date);
            keep(
                    kept,
                    newest,
                    each.weeks(),
                    date -> date.get(IsoFields.WEEK_BASED_YEAR) * 100L + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            keep(kept, newest, each.months(), date -> date.getYear() * 100L + date.getMonthValue());
            keep(kept, newest, each.years(), LocalDate::getYear);
        }
        return kept;
    }

    private static void keep(Set<Instant> kept, List<Instant> newest, int count, Function<LocalDate, Object> period) {
        Set<Object> seen = new HashSet<>();
        for (Instant backup : newest) {
            if (seen.size() < count && seen.add(period.apply(LocalDate.ofInstant(backup, ZoneOffset.UTC)))) {
                kept.add(backup);
            }
        }
    }

    /** Returns the form in which it is stored, the original's where that has one. */
    default Document spec() {
        Document.Builder spec = Document.builder();
        if (this instanceof Days limit) {
            return spec.put("mode", "days").put("days", limit.days()).build();
        } else if (this instanceof Count limit) {
            return spec.put("mode", "count").put("count", limit.count()).build();
        } else if (this instanceof Generations each) {
            return spec.put("mode", "generations")
                    .put("days", each.days())
                    .put("weeks", each.weeks())
                    .put("months", each.months())
                    .put("years", each.years())
                    .build();
        }
        return spec.put("mode", this instanceof None ? "none" : "all").build();
    }

    /** Reads the stored form; what is not known keeps all. */
    static Retention parse(Document spec) {
        return switch (requireNonNull(spec, "spec")
                .get("mode")
                .map(Object::toString)
                .orElse("")) {
            case "none" -> none();
            case "days" -> days(number(spec, "days"));
            case "count" -> backups(number(spec, "count"));
            case "generations" ->
                generations(number(spec, "days"), number(spec, "weeks"), number(spec, "months"), number(spec, "years"));
            default -> all();
        };
    }

    private static int number(Document spec, String member) {
        return spec.get(member)
                .filter(Number.class::isInstance)
                .map(number -> ((Number) number).intValue())
                .orElse(0);
    }
}
