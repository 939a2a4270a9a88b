package dev.korm.model;

/** Stub. */
public final class Models {
    private Models() {}

    public static <T> Model<T> of(Class<T> type) {
        throw new UnsupportedOperationException();
    }
}
