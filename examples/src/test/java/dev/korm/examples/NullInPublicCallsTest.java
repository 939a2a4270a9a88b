package dev.korm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.PathException;
import dev.korm.QueryException;
import dev.korm.RnException;
import dev.korm.argument.NullArgumentException;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Null is refused by a typed error that names the argument, whichever public method or constructor it is given to. What is public is found
 * by reflection, so that nothing new is forgotten: a type of which this test has no instance is a failure, too.
 */
class NullInPublicCallsTest {
    /** Types whose methods are called by korm, and made by the program: who calls them is korm's own code, which is checked when it is compiled. */
    private static final Map<String, String> CALLED_BY_KORM = Map.of(
            "dev.korm.Property", "an accessor of the program's",
            "dev.korm.Reference", "an accessor of the program's",
            "dev.korm.PoolTransaction$Work", "work of the program's",
            "dev.korm.PoolTransaction$Task", "work of the program's",
            "dev.korm.event.CallEnd", "a listener of the program's",
            "dev.korm.event.PoolListener", "a listener of the program's",
            "dev.korm.event.StatementEnd", "a listener of the program's",
            "dev.korm.live.LiveListener", "a listener of the program's",
            "dev.korm.file.Progress", "a listener of the program's",
            "dev.korm.file.FileRef$Content", "a content of the program's");

    /** Records that programs get and have no reason to make: what korm reports. */
    private static final Set<String> REPORTS = Set.of(
            "dev.korm.DanglingReference",
            "dev.korm.backup.BackupInfo",
            "dev.korm.backup.BackupStatus",
            "dev.korm.backup.RestoreReport",
            "dev.korm.backup.UnfinishedRestore",
            "dev.korm.backup.Verification",
            "dev.korm.Explanation",
            "dev.korm.Explanation$Step",
            "dev.korm.Page",
            "dev.korm.PasswordCheck",
            "dev.korm.ScanProgress",
            "dev.korm.depots.mirror.MirroredDepot$RepairReport",
            "dev.korm.event.FileCall",
            "dev.korm.event.Ping",
            "dev.korm.event.PreparationProgress",
            "dev.korm.event.PoolCall",
            "dev.korm.event.RepeatedAttempt",
            "dev.korm.event.SentStatement",
            "dev.korm.file.Sweep$Leftover",
            "dev.korm.file.Sweep$Missing",
            "dev.korm.file.Sweep$SetAside",
            "dev.korm.file.Sweep$Unclaimed",
            "dev.korm.file.Sweep$Unfinished",
            "dev.korm.file.Sweep$Unnamed",
            "dev.korm.history.Undone",
            "dev.korm.key.KeyReport",
            "dev.korm.key.KeyUse",
            "dev.korm.recovery.JournaledChange",
            "dev.korm.recovery.JournaledChange$Part",
            "dev.korm.recovery.JournaledChange$Write",
            "dev.korm.recovery.QuarantinedChange",
            "dev.korm.recovery.QuarantinedChange$Missing",
            "dev.korm.relocate.Relocated",
            "dev.korm.relocate.RelocationProgress",
            "dev.korm.wal.LoggedChange");

    private static final String SPI = "dev.korm.spi.";

    private static final String OF_A_STORE = "written by whoever makes a store, called by korm";
    private static final String FOR_A_STORE = "made by korm, read by stores";
    private static final String FOR_READING = "called by whoever makes a store, with what korm asked it";

    /** Types of the SPI, and rooms, that are called by korm's own code, or with what it made: null is found there when that is compiled. */
    private static final Map<String, String> CHECKED_AS_KORM_IS_COMPILED = Map.ofEntries(
            Map.entry("dev.korm.spi.Layer", OF_A_STORE),
            Map.entry("dev.korm.spi.LayerSource", OF_A_STORE),
            Map.entry("dev.korm.spi.CompiledSelection", OF_A_STORE),
            Map.entry("dev.korm.spi.PreparedBatch", OF_A_STORE),
            Map.entry("dev.korm.spi.RowCursor", OF_A_STORE),
            Map.entry("dev.korm.spi.Snapshot", OF_A_STORE),
            Map.entry("dev.korm.spi.ChangeFeed", OF_A_STORE),
            Map.entry("dev.korm.spi.load.RowLoad", OF_A_STORE),
            Map.entry("dev.korm.spi.support.ForwardingLayer", OF_A_STORE),
            Map.entry("dev.korm.spi.KeyWrapper", "written by the program, called by korm"),
            Map.entry("dev.korm.spi.StatementObserver", "written by korm, called by stores"),
            Map.entry("dev.korm.spi.environment.Scheduler", "written by whoever makes an environment, called by korm"),
            Map.entry("dev.korm.spi.depot.DepotSource", OF_A_STORE),
            Map.entry("dev.korm.spi.depot.FileLinks", "made by depots on a network, whose tests look at it"),
            Map.entry("dev.korm.spi.journal.Journal", OF_A_STORE),
            Map.entry("dev.korm.spi.journal.JournalSource", OF_A_STORE),
            Map.entry("dev.korm.spi.journal.UnfinishedEntries", OF_A_STORE),
            Map.entry("dev.korm.spi.discover", OF_A_STORE),
            Map.entry("dev.korm.spi.backup", "written by korm, called by its module of backups"),
            Map.entry("dev.korm.spi.Batch", FOR_A_STORE),
            Map.entry("dev.korm.spi.Mutation", FOR_A_STORE),
            Map.entry("dev.korm.spi.Fence", FOR_A_STORE),
            Map.entry("dev.korm.spi.TransactionMarker", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.Condition", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.Join", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.JsonPath", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.Operand", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.Output", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.Selection", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.SortKey", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.TextPattern", FOR_A_STORE),
            Map.entry("dev.korm.spi.journal.JournalContext", FOR_A_STORE),
            Map.entry("dev.korm.spi.query.TextFolding", FOR_READING),
            Map.entry("dev.korm.spi.schema.FingerprintKey", FOR_READING),
            Map.entry("dev.korm.spi.depot.Digesting", FOR_READING),
            Map.entry("dev.korm.spi.depot.FileNames", FOR_READING),
            Map.entry("dev.korm.spi.evaluate", FOR_READING),
            Map.entry("dev.korm.spi.limit.EvaluationTime", FOR_READING));

    @TempDir
    Path folder;

    @Test
    void are_refused_by_a_typed_error_that_names_them() throws Exception {
        try (PublicInstances instances = new PublicInstances(folder)) {
            NullCalls calls = new NullCalls(instances, NullInPublicCallsTest::names);
            for (Class<?> type : PublicApi.types(Path.of(".."))) {
                if (isChecked(type)) {
                    calls.methods(type, NullInPublicCallsTest::isOwn);
                    if (!REPORTS.contains(type.getName())) {
                        calls.constructors(type);
                    }
                }
            }
            assertThat(calls.withoutInstance())
                    .as("types without an instance to call")
                    .isEmpty();
            assertThat(calls.wrong()).isEmpty();
            assertThat(calls.calls()).isGreaterThan(400);
        }
    }

    private static boolean isChecked(Class<?> type) {
        return !type.getName().startsWith(SPI) // Checked below.
                && !type.isAnnotation()
                && !Throwable.class.isAssignableFrom(type) // What goes wrong must not go wrong.
                && !CALLED_BY_KORM.containsKey(type.getName());
    }

    private static boolean isOwn(String declaring) {
        return declaring.startsWith("dev.korm.")
                && !declaring.startsWith(SPI)
                && !CALLED_BY_KORM.containsKey(declaring);
    }

    @Test
    void are_refused_also_where_stores_are_made() throws Exception {
        try (PublicInstances instances = new PublicInstances(folder)) {
            NullCalls.Instances stores = new StoreInstances(instances.pool(), folder, instances);
            NullCalls calls = new NullCalls(stores, NullInPublicCallsTest::names);
            for (Class<?> type : PublicApi.types(Path.of(".."))) {
                if (isCheckedForStores(type.getName()) && !Throwable.class.isAssignableFrom(type)) {
                    calls.methods(type, NullInPublicCallsTest::isCheckedForStores);
                    calls.constructors(type);
                }
            }
            assertThat(calls.withoutInstance())
                    .as("types without an instance to call")
                    .isEmpty();
            assertThat(calls.wrong()).isEmpty();
            assertThat(calls.calls()).isGreaterThan(100);
        }
    }

    private static boolean isCheckedForStores(String type) {
        return type.startsWith(SPI)
                && CHECKED_AS_KORM_IS_COMPILED.keySet().stream()
                        .noneMatch(each ->
                                type.equals(each) || type.startsWith(each + "$") || type.startsWith(each + "."));
    }

    /** Returns whether an error says which argument was null. Filters, paths and RNs have errors of their own for what they cannot be made of. */
    private static boolean names(Throwable refused, Parameter parameter) {
        if (refused instanceof NullArgumentException named) {
            return !parameter.isNamePresent() || named.argument().equals(parameter.getName());
        }
        return (refused instanceof QueryException || refused instanceof PathException || refused instanceof RnException)
                && refused.getMessage().contains("null");
    }
}
