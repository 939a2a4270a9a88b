package trial;

import dev.korm.Stored;
import dev.korm.table.Id;
import dev.korm.table.Table;

/** A row of a table that was there before. */
@Table(name = "ledger")
@Stored(namespace = "garage", kind = "ledger")
record Entry(@Id long number, String entry) {}
