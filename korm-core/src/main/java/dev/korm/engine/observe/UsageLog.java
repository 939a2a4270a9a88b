package dev.korm.engine.observe;

import java.security.CodeSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of calls that work, and will be slow or hold what others need: once for each place in the program, with that place. Nothing is looked for before there is
 * something to say. Safe for many threads.
 */
public final class UsageLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.usage");

    /** More places than any program has by hand; generated code may have any number. */
    private static final int MOST_PLACES = 1_000;

    /** Fewer items are sorted in no time. */
    private static final int MANY_ITEMS = 1_000;

    private static final Map<String, AtomicLong> PAGED = new ConcurrentHashMap<>();
    private static final Map<String, Boolean> SAID = new ConcurrentHashMap<>();

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private UsageLog() {}

    /** Returns whether anything would be logged. */
    static boolean isOn() {
        return LOG.isWarnEnabled();
    }

    /** Logs advice, once for each place that the program calls from. */
    public static void once(Supplier<String> advice) {
        if (LOG.isWarnEnabled()) {
            onceAt(place(), advice.get());
        }
    }

    static void onceAt(String place, String advice) {
        if (SAID.size() < MOST_PLACES && SAID.putIfAbsent(place, true) == null) {
            LOG.warn("{}: {}", place, advice);
        }
    }

    /**
     * Notes a page behind the first, of an order that no index serves; says so where such pages have brought many items.
     *
     * @param items how many are on the page
     */
    public static void sortedPage(String collection, String field, int items) {
        if (!LOG.isWarnEnabled() || PAGED.size() >= MOST_PLACES) {
            return;
        }
        String place = place();
        AtomicLong paged = PAGED.computeIfAbsent(place + " " + field, any -> new AtomicLong());
        long before = paged.getAndAdd(items);
        if (before < MANY_ITEMS && before + items >= MANY_ITEMS) {
            LOG.warn(
                    "{}: each page sorts all matching items of {}, since no index serves its order: declare @Indexed on {}",
                    place,
                    collection,
                    field);
        }
    }

    static void warn(String message) {
        LOG.warn(message);
    }

    /** Returns the frame of the program that korm was called from. */
    static String place() {
        Optional<StackWalker.StackFrame> caller = WALKER.walk(frames ->
                frames.filter(frame -> isOfProgram(frame.getDeclaringClass())).findFirst());
        return caller.map(frame -> frame.toStackTraceElement().toString()).orElse("A thread of korm or the JDK");
    }

    private static boolean isOfProgram(Class<?> type) {
        return !isOfJdk(type) && !isOfKorm(type);
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    /** Tells by where its class comes from, since a program may have a package of a like name. */
    private static boolean isOfKorm(Class<?> type) {
        CodeSource own = UsageLog.class.getProtectionDomain().getCodeSource();
        CodeSource others = type.getProtectionDomain().getCodeSource();
        return own != null
                && others != null
                && Objects.equals(own.getLocation(), others.getLocation())
                && type.getName().startsWith("dev.korm.");
    }
}
