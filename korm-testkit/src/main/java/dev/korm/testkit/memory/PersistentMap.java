package dev.korm.testkit.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in the order of its keys; a change answers a new map that shares all but the way to what changed.
 *
 * <p>A treap whose priorities are hashes of the keys, so equal maps have equal trees; every operation takes logarithmic
 * time, as long as keys do not conspire.
 */
final class PersistentMap<V> implements Iterable<V> {
    private final @Nullable Node<V> root;
    private final int size;

    private PersistentMap(@Nullable Node<V> root, int size) {
        this.root = root;
        this.size = size;
    }

    static <V> PersistentMap<V> empty() {
        return new PersistentMap<>(null, 0);
    }

    int size() {
        return size;
    }

    @Nullable V get(String key) {
        Node<V> node = root;
        while (node != null) {
            int side = key.compareTo(node.key);
            if (side == 0) {
                return node.value;
            }
            node = side < 0 ? node.left : node.right;
        }
        return null;
    }

    PersistentMap<V> with(String key, V value) {
        boolean isNew = get(key) == null;
        return new PersistentMap<>(put(root, key, value), isNew ? size + 1 : size);
    }

    PersistentMap<V> without(String key) {
        return get(key) == null ? this : new PersistentMap<>(remove(root, key), size - 1);
    }

    private static <V> Node<V> put(@Nullable Node<V> node, String key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int side = key.compareTo(node.key);
        if (side == 0) {
            return new Node<>(key, value, node.left, node.right);
        }
        if (side < 0) {
            Node<V> left = put(node.left, key, value);
            return left.priority() > node.priority()
                    ? left.with(left.left, node.with(left.right, node.right))
                    : node.with(left, node.right);
        }
        Node<V> right = put(node.right, key, value);
        return right.priority() > node.priority()
                ? right.with(node.with(node.left, right.left), right.right)
                : node.with(node.left, right);
    }

    private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, String key) {
        if (node == null) {
            return null;
        }
        int side = key.compareTo(node.key);
        if (side == 0) {
            return merge(node.left, node.right);
        }
        return side < 0 ? node.with(remove(node.left, key), node.right) : node.with(node.left, remove(node.right, key));
    }

    private static <V> @Nullable Node<V> merge(@Nullable Node<V> left, @Nullable Node<V> right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        return left.priority() > right.priority()
                ? left.with(left.left, merge(left.right, right))
                : right.with(merge(left, right.left), right.right);
    }

    /** Returns the values in the order of their keys. */
    @Override
    public Iterator<V> iterator() {
        return new Walk<>(root);
    }

    private record Node<V>(
            String key,
            V value,
            @Nullable Node<V> left,
            @Nullable Node<V> right) {
        Node<V> with(@Nullable Node<V> newLeft, @Nullable Node<V> newRight) {
            return new Node<>(key, value, newLeft, newRight);
        }

        /** Returns the key's hash with its bits spread: neighbouring keys have neighbouring hashes. */
        int priority() {
            int h = key.hashCode() * 0x9E3779B9;
            h = (h ^ (h >>> 16)) * 0x85EBCA6B;
            return h ^ (h >>> 13);
        }
    }

    private static final class Walk<V> implements Iterator<V> {
        private final Deque<Node<V>> ahead = new ArrayDeque<>();

        Walk(@Nullable Node<V> root) {
            descend(root);
        }

        private void descend(@Nullable Node<V> from) {
            for (Node<V> node = from; node != null; node = node.left) {
                ahead.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !ahead.isEmpty();
        }

        @Override
        public V next() {
            if (ahead.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<V> node = ahead.pop();
            descend(node.right);
            return node.value;
        }
    }
}
