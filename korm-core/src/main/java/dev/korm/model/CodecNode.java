package dev.korm.model;

import dev.korm.FieldPath;
import dev.korm.Normalized;
import dev.korm.QueryException;
import dev.korm.codec.Codecs;
import dev.korm.codec.ColumnForm;
import dev.korm.codec.DocumentCodec;
import dev.korm.codec.EncryptedCodec;
import dev.korm.codec.MapCodec;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SealedCodec;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.DefaultCodec;
import dev.korm.codec.base.ListCodec;
import dev.korm.codec.base.UniqueCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.codec.scalar.FileRefCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.FingerprintKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A declared type. */
final class CodecNode implements Node {
    private final Codec codec;
    private final Set<Normalized.Form> forms;
    private final Optional<Object> absent;

    private CodecNode(Codec codec, Set<Normalized.Form> forms, Optional<Object> absent) {
        this.codec = codec;
        this.forms = forms;
        this.absent = absent;
    }

    static Node of(Codec codec) {
        Codec bare = codec;
        Set<Normalized.Form> forms = Set.of();
        Optional<Object> absent = Optional.empty();
        while (bare instanceof WrapperCodec wrapper) {
            if (wrapper instanceof DefaultCodec valued) {
                absent = Optional.of(valued.stored());
            }
            if (wrapper instanceof UniqueCodec unique) {
                forms = unique.forms();
            }
            bare = wrapper.inner();
        }
        return bare instanceof DocumentCodec ? DynamicNode.DOCUMENT : new CodecNode(bare, forms, absent);
    }

    @Override
    public ColumnKind kind() {
        return codec.kind();
    }

    @Override
    public String typeName() {
        return codec.typeName();
    }

    @Override
    public Optional<Object> absentValue() {
        return absent;
    }

    @Override
    public boolean isOrdered() {
        return codec.isOrdered();
    }

    @Override
    public Set<Normalized.Form> forms() {
        return codec instanceof EncryptedCodec encrypted ? encrypted.forms() : forms;
    }

    @Override
    public boolean isSearchable() {
        return codec instanceof EncryptedCodec encrypted && encrypted.search() == EncryptedCodec.Search.BY_VALUE;
    }

    @Override
    public FingerprintKey searchKey(String column) {
        return codec instanceof EncryptedCodec encrypted
                ? new FingerprintKey(
                        List.of(new FingerprintKey.Part(column, encrypted.forms(), FingerprintKey.Content.SEALED)),
                        encrypted.bits())
                : Node.super.searchKey(column);
    }

    @Override
    public Object constant(Object value, FieldPath path) {
        try {
            Object constant = codec.constant(value);
            if (constant instanceof String text && kind() != ColumnKind.JSON) {
                StorableText.check(text);
            }
            return kind() == ColumnKind.JSON ? CanonicalJson.text((String) constant) : constant;
        } catch (TypeMismatch misfit) {
            throw new QueryException("The field " + path + " is of type " + typeName()
                    + " and cannot be compared with "
                    + Article.with(value.getClass().getSimpleName()) + ": " + misfit.reason());
        }
    }

    @Override
    public @Nullable Object fromStored(@Nullable Object stored) {
        if (stored == null) {
            return null;
        }
        try {
            return new ColumnForm(codec, kind()).read(stored, null);
        } catch (TypeMismatch beyond) {
            // An aggregate, such as a sum, can be beyond the type of what it is taken over.
            return stored;
        }
    }

    @Override
    public Optional<Member> member(String name) {
        if (codec instanceof RecordCodec record) {
            return record.field(name).map(field -> new Member(field.storedName(), of(field.codec())));
        }
        if (codec instanceof MapCodec map) {
            return Optional.of(new Member(name, of(map.value())));
        }
        if (codec instanceof SealedCodec records) {
            return member(records, name);
        }
        return Optional.empty();
    }

    /** Returns a field of some of several records; when they do not agree on its type, only the data tells. */
    private static Optional<Member> member(SealedCodec records, String name) {
        if (name.equals(SealedCodec.TYPE)) {
            return Optional.of(new Member(name, of(Codecs.ofClass(String.class))));
        }
        Member found = null;
        for (RecordCodec record : records.records()) {
            RecordField field = record.field(name).orElse(null);
            if (field == null) {
                continue;
            }
            Node node = of(field.codec());
            if (found == null) {
                found = new Member(field.storedName(), node);
            } else if (!found.storedName().equals(field.storedName())
                    || !found.node().typeName().equals(node.typeName())) {
                found = new Member(found.storedName(), DynamicNode.VALUE);
            }
        }
        return Optional.ofNullable(found);
    }

    @Override
    public List<String> memberNames() {
        if (codec instanceof RecordCodec record) {
            return record.names();
        }
        if (codec instanceof SealedCodec records) {
            Set<String> names = new LinkedHashSet<>();
            records.records().forEach(record -> names.addAll(record.names()));
            return new ArrayList<>(names);
        }
        return List.of();
    }

    @Override
    public Optional<Node> entry() {
        return codec instanceof ListCodec list ? Optional.of(of(list.element())) : Optional.empty();
    }

    @Override
    public Optional<Class<?>> reference() {
        return codec instanceof RnCodec rn ? Optional.of(rn.target()) : Optional.empty();
    }

    @Override
    public boolean isFile() {
        return codec instanceof FileRefCodec;
    }

    @Override
    public boolean isDynamic() {
        return false;
    }

    @Override
    public String toString() {
        return typeName();
    }
}
