/**
 * A small server that speaks the protocol of KalamDB, for tests and for a first try. Begin with {@link dev.korm.testkit.kalam.KalamServer}.
 *
 * <p>It is no database: one process, one SQLite file, one lock around it. It answers in the shapes of the real server 0.4.3-rc.4, and falls
 * into the same traps where {@link dev.korm.testkit.kalam.Trap}s say so, since a program that passes against a friendly imitation has proved
 * nothing. What it does not imitate: joins of catalog tables, vector search, storages, clusters, exports, MessagePack, OAuth, and the
 * engine's plans, so SQL that one of the two understands may be refused by the other.
 *
 * <p><b>A request's way.</b> {@code Routes} reads HTTP and {@code LiveSession} a WebSocket; {@code Accounts} says who asks; {@code SqlRunner}
 * splits the text into {@code Statement}s and runs each: {@code SelectRewriter} lays a caller's view of a table over its rows in SQLite,
 * {@code WritePlan} finds out which rows a statement would change, as they are now, and {@code Tables} applies that later by primary key,
 * which is why an update with a condition is no compare-and-set here either. What was applied goes to {@code TopicStore} in the same
 * transaction, and to {@code LiveHub} behind it. What touches the data is in {@code data}, which knows nothing of HTTP.
 */
@NullMarked
package dev.korm.testkit.kalam;

import org.jspecify.annotations.NullMarked;
