package dev.korm.engine.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events, as recordings and {@code jfr print} name them. The recorder reads the fields, so their names are an interface. */
final class FlightEvents {
    static final String STORED = "stored";
    static final String INCOMPLETE = "incomplete";
    static final String QUARANTINED = "quarantined";

    static final String ACQUIRED = "acquired";
    static final String TIMED_OUT = "timed out";
    static final String LOST = "lost";
    static final String FENCED = "fenced";

    private FlightEvents() {}

    @Name("dev.korm.Call")
    @Label("Call")
    @Category("korm")
    @Description("A call of the program's to a pool, to read items or to store changes")
    static final class Call extends Event {
        @Label("Operation")
        String operation = "";

        @Label("Layer")
        @Description("Empty where the call is about several")
        String layer = "";

        @Label("Collection")
        @Description("As namespace:kind; empty where the call is about several")
        String collection = "";

        @Label("Took")
        @Timespan
        long took;

        @Label("Failure")
        @Description("The class of what it has thrown; empty for an answer")
        String failure = "";
    }

    @Name("dev.korm.Statement")
    @Label("Statement")
    @Category("korm")
    @Description("A statement that was sent to a layer's store: one way there and back")
    static final class Statement extends Event {
        @Label("Layer")
        String layer = "";

        @Label("Text")
        @Description("The statement, with a placeholder for each value")
        String text = "";

        @Label("Rows")
        @Description("How many it answered or changed; -1 where nobody has counted")
        long rows;

        @Label("Took")
        @Timespan
        long took;

        @Label("Failed")
        boolean failed;
    }

    @Name("dev.korm.FileCall")
    @Label("Call to a Depot")
    @Category("korm")
    @Description("A call to a depot; of what is read bit by bit, until its beginning was there")
    static final class FileCall extends Event {
        @Label("Depot")
        String depot = "";

        @Label("Operation")
        String operation = "";

        @Label("Took")
        @Timespan
        long took;

        @Label("Failure")
        @Description("The class of what it has thrown; empty for an answer")
        String failure = "";
    }

    @Name("dev.korm.Repeated")
    @Label("Repeated Attempt")
    @Category("korm")
    @Description("A transaction, or a change within a layer, that came to nothing and is tried again")
    static final class Repeated extends Event {
        @Label("Layer")
        String layer = "";

        @Label("Work")
        String work = "";

        @Label("Attempt")
        int attempt;

        @Label("Reason")
        @Description("The class of the failure")
        String reason = "";
    }

    @Name("dev.korm.Conflict")
    @Label("Conflict")
    @Category("korm")
    @Description("A change that was not stored, since somebody else had changed the item")
    static final class Conflict extends Event {
        @Label("RN")
        String rn = "";
    }

    @Name("dev.korm.JournalAppend")
    @Label("Journal Append")
    @Category("korm")
    @Description("What several changes appended to the journal together, durably")
    @StackTrace(false)
    static final class JournalAppend extends Event {
        @Label("Entries")
        int entries;

        @Label("Took")
        @Timespan
        long took;

        @Label("Failed")
        @Description("The journal takes no more changes until the pool is opened anew")
        boolean failed;
    }

    @Name("dev.korm.Change")
    @Label("Change of Several Layers")
    @Category("korm")
    @StackTrace(false)
    static final class Change extends Event {
        @Label("Change")
        @Description("The id by which the journal and the recovery name it")
        String change = "";

        @Label("Layers")
        String layers = "";

        @Label("Outcome")
        @Description("stored, incomplete or quarantined")
        String outcome = "";
    }

    @Name("dev.korm.Lock")
    @Label("Lock")
    @Category("korm")
    static final class Lock extends Event {
        @Label("Lock")
        @Description("The RN or the name that is locked")
        String lock = "";

        @Label("Waited")
        @Timespan
        long waited;

        @Label("Outcome")
        @Description("acquired, timed out, lost, or fenced: a change that relied on it was refused")
        String outcome = "";
    }

    @Name("dev.korm.Recovery")
    @Label("Recovery")
    @Category("korm")
    @StackTrace(false)
    static final class Recovery extends Event {
        @Label("Found")
        long found;

        @Label("Finished")
        long finished;

        @Label("Dropped")
        long dropped;

        @Label("Quarantined")
        long quarantined;

        @Label("Took")
        @Timespan
        long took;
    }

    @Name("dev.korm.Backup")
    @Label("Scheduled Backup")
    @Category("korm")
    @StackTrace(false)
    static final class Backup extends Event {
        @Label("Depot")
        String depot = "";

        @Label("Took")
        @Timespan
        long took;

        @Label("Failed")
        boolean failed;
    }
}
