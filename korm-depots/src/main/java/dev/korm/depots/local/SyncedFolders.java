package dev.korm.depots.local;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders of which this process knows that their names are durable. A file that is synced in a folder survives only if the folder
 * does; and that a folder is there says nothing of it, since another thread or program may have made it a moment ago. So each is
 * synced into the one above when it is met first. Safe for many threads.
 */
final class SyncedFolders {
    private static final int MOST = 4096;

    private final Set<Object> known = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Boolean> eldest) {
            return size() > MOST;
        }
    }));

    /** Returns a folder in another, made when it is not there, whose name is durable. */
    Folder child(Folder above, String name) throws IOException {
        Folder child = above.childOrNew(name);
        try {
            require(child, above);
            return child;
        } catch (IOException | RuntimeException | Error failed) {
            child.close();
            throw failed;
        }
    }

    /** Makes the name of a folder durable unless it is known to be. */
    void require(Folder folder, Folder above) throws IOException {
        @Nullable Object key = folder.key();
        if (key == null || !known.contains(key)) {
            above.sync();
            if (key != null) {
                known.add(key);
            }
        }
    }

    /** Makes the name of a folder durable that was just made. */
    void made(Folder folder, Folder above) throws IOException {
        above.sync();
        Object key = folder.key();
        if (key != null) {
            known.add(key);
        }
    }
}
