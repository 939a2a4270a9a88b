package dev.korm.codec.base;

import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A list or set, stored as a JSON array. */
public final class ListCodec extends JsonCodec {
    private final Form form;
    private final Codec element;

    public ListCodec(Form form, Codec element) {
        this.form = form;
        this.element = element;
    }

    /** The Java collection of a list. */
    public enum Form {
        LIST("List"),
        COLLECTION("Collection"),
        SET("Set"),
        SORTED_SET("SortedSet");

        private final String typeName;

        Form(String typeName) {
            this.typeName = typeName;
        }
    }

    /** Returns the same collection of other elements. */
    public ListCodec of(Codec other) {
        return new ListCodec(form, other);
    }

    public Form form() {
        return form;
    }

    public Codec element() {
        return element;
    }

    @Override
    public String typeName() {
        return form.typeName + "<" + element.typeName() + ">";
    }

    @Override
    public void write(Object value, JsonWriter out) {
        out.beginArray();
        int index = 0;
        for (Object entry : (Collection<?>) value) {
            try {
                element.writeNullable(entry, out);
            } catch (TypeMismatch misfit) {
                throw misfit.inEntry(index);
            }
            index++;
        }
        out.endArray();
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        if (!(tree instanceof List<?> entries)) {
            throw new TypeMismatch("expected a JSON array");
        }
        List<@Nullable Object> values = new ArrayList<>(entries.size());
        for (Object entry : entries) {
            try {
                values.add(element.readNullable(entry, location == null ? null : location.entry(values.size())));
            } catch (TypeMismatch misfit) {
                throw misfit.inEntry(values.size());
            }
        }
        return collection(values);
    }

    @Override
    public Object convert(Object value, int depth) {
        checkDepth(depth);
        if (!(value instanceof Collection<?> entries)) {
            throw unfit(value);
        }
        List<@Nullable Object> values = new ArrayList<>(entries.size());
        for (Object entry : entries) {
            try {
                values.add(element.convertNullable(entry, depth + 1));
            } catch (TypeMismatch misfit) {
                throw misfit.inEntry(values.size());
            }
        }
        return collection(values);
    }

    /** Returns the collection of these values, which becomes its own. */
    public Object collection(List<@Nullable Object> values) {
        return switch (form) {
            case LIST, COLLECTION -> Collections.unmodifiableList(values);
            case SET -> Collections.unmodifiableSet(new LinkedHashSet<>(values));
            case SORTED_SET -> sorted(values);
        };
    }

    private static Object sorted(List<@Nullable Object> values) {
        try {
            return Collections.unmodifiableSortedSet(new TreeSet<>(values));
        } catch (NullPointerException | ClassCastException unordered) {
            throw new TypeMismatch("a sorted set accepts neither null nor values that cannot be compared");
        }
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        checkDepth(depth);
        Collection<?> some = (Collection<?>) one;
        Collection<?> others = (Collection<?>) other;
        if (some.size() != others.size()) {
            return false;
        }
        if (form == Form.SET && !inOneOrder(some, others, depth)) {
            return ((Set<?>) one).equals(other);
        }
        return inOneOrder(some, others, depth);
    }

    private boolean inOneOrder(Collection<?> some, Collection<?> others, int depth) {
        Iterator<?> rest = others.iterator();
        for (Object entry : some) {
            if (!rest.hasNext() || !element.sameNullable(entry, rest.next(), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Object describe(Object value, int depth) {
        checkDepth(depth);
        List<Object> texts = new ArrayList<>();
        for (Object entry : (Collection<?>) value) {
            texts.add(element.describeNullable(entry, depth + 1));
        }
        return texts;
    }
}
