package dev.korm.testkit.memory;

import dev.korm.spi.ChangeFeed.Kind;
import dev.korm.spi.query.TableName;
import java.time.Instant;
import java.util.OptionalLong;

/** A change of a row, as it is noted for feeds. */
record MemoryChange(TableName table, String id, Kind kind, OptionalLong revision, String transaction, Instant time) {}
