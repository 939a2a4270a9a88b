package dev.korm;

import org.jspecify.annotations.Nullable;

/** The collection that {@link Stored} gives to the items of a type; none where they may be anywhere. */
record DeclaredCollection(@Nullable Stored stored) {
    private static final ClassValue<DeclaredCollection> KNOWN = new ClassValue<>() {
        @Override
        protected DeclaredCollection computeValue(Class<?> type) {
            return new DeclaredCollection(type.getAnnotation(Stored.class));
        }
    };

    static DeclaredCollection of(Class<?> type) {
        return KNOWN.get(type);
    }

    boolean allows(String namespace, String kind) {
        return stored == null
                || (stored.namespace().equals(namespace) && stored.kind().equals(kind));
    }

    @Override
    public String toString() {
        return stored == null ? "any collection" : stored.namespace() + ":" + stored.kind();
    }
}
