package dev.korm.jdbc.sqlite;

import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * Room in the file of the log, made ahead of the commits that need it. For whoever has the turn to write.
 *
 * <p><b>Why.</b> Beside a reader that stays the log only grows. Where a file has grown, its sync writes the new length as well, which takes most of the time that the sync of the page takes; where the
 * file was as long before, a commit takes as long as it does alone. Bytes that the file system merely sets aside are no such room: the first sync of each is as slow.
 *
 * <p><b>How.</b> A transaction that writes more than its cache holds puts pages behind the end of the log, and is taken back. Later commits write over them, as they do over what a log left that has begun anew; nobody reads behind
 * the end. That is SQLite's own doing under its own lock, so other programs may write to the same file.
 */
final class LogRoom {
    /** What SQLite's cache holds, in bytes, as it is unless somebody has set it: so much of a transaction reaches no log. */
    private static final long CACHE = 2_048_000;

    /** What is made at a time at the most, in bytes, since others wait meanwhile. Commits that use it up between two looks are so large that their pages take longer than the length. */
    static final long MOST = 16L << 20;

    /** What is taken to be used between two looks where it is not known, in pages. */
    private static final long UNKNOWN = 4L * DeferredCheckpoints.PATIENCE;

    /** The head of the log and of each of its pages, in bytes. */
    private static final int HEAD = 32;

    private static final int PAGE_HEAD = 24;

    private final Path database;

    /** The number of pages in the log at the last look; negative before the first. */
    private long used = -1;

    LogRoom(Path database) {
        this.database = database;
    }

    /**
     * Returns how many bytes are to be {@linkplain #make made}, for about as many commits as there were since the last look and as many again.
     *
     * @return 0 where there is room enough, and where it would not help
     */
    long missing(Session session) throws SQLException {
        long pages = session.query(
                new Sql("PRAGMA wal_checkpoint(NOOP)", List.of()), rows -> rows.next() ? rows.getLong(2) : 0);
        long size = PAGE_HEAD + session.query(new Sql("PRAGMA page_size", List.of()), rows -> rows.getLong(1));
        long grown = used >= 0 && pages > used ? pages - used : UNKNOWN;
        used = pages;
        long next = grown * size;
        long room = length() - HEAD - pages * size;
        return room >= next || next > MOST ? 0 : Math.min(MOST, 2 * next);
    }

    private long length() {
        try {
            Path real = database.toRealPath();
            return Files.size(real.resolveSibling(real.getFileName() + "-wal"));
        } catch (IOException unknown) {
            // As if there were room: commits are slower.
            return Long.MAX_VALUE;
        }
    }

    /** Writes so much behind the end of the log, within a transaction that is to be taken back. */
    static void make(Session session, long bytes) throws SQLException {
        session.execute("CREATE TABLE \"__korm_room__\" AS SELECT zeroblob(" + (CACHE + bytes) + ")");
    }
}
