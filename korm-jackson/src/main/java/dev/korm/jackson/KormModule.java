package dev.korm.jackson;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Password;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * The module that lets Jackson write and read what records of korm hold.
 *
 * <pre>{@code
 * ObjectMapper mapper = JsonMapper.builder().addModule(new KormModule()).build();
 * mapper.writeValueAsString(item);   // {"rn":"[rn]:people:user:3dd9…","revision":1732…,"data":{"name":"Fred"}}
 * ItemData<User> sent = mapper.readValue(body, new TypeReference<ItemData<User>>() {});
 * sent.changeOf(Korm.item(User.class, pool)).commit();
 * }</pre>
 *
 * <table>
 * <caption>The form of each type</caption>
 * <tr><th>type</th><th>written as</th><th>read from</th></tr>
 * <tr><td>{@link Rn}</td><td>its text, resolved or not; as the key of a map too</td><td>the text; one that cannot name an item of the
 * declared type is refused</td></tr>
 * <tr><td>{@link Unique}</td><td>its value</td><td>the value</td></tr>
 * <tr><td>{@link Item}</td><td>an object of {@code rn}, {@code revision} and {@code data}</td><td>only as {@link ItemData}</td></tr>
 * <tr><td>{@link Document}</td><td>an object</td><td>an object; numbers keep all their digits</td></tr>
 * <tr><td>{@link FileRef}</td><td>the text of its RN</td><td>the text</td></tr>
 * <tr><td>{@link Encrypted}</td><td>never</td><td>the value, which is sealed when the item is stored</td></tr>
 * <tr><td>{@link Password}</td><td>never</td><td>never</td></tr>
 * </table>
 *
 * <p>Writing an {@code Encrypted} or a {@code Password} is an error that names the path to it: leave the field out, by a record of its
 * own for the answer or by {@code @JsonIgnore}. Reading a {@code Password} is one too, since hashing takes long: take the text
 * in the request, and call {@link Password#hash(String)} where that is meant.
 *
 * <p>{@code JsonMapper.builder().findAndAddModules()} finds it. Safe for many threads once it is registered.
 */
public final class KormModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    /** Makes a module to register with a mapper. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Jackson tells types by their raw classes.
    public KormModule() {
        super("korm");
        addSerializer(new RnSerializer());
        addKeySerializer(Rn.class, (ValueSerializer) new RnKeySerializer());
        addDeserializer(Rn.class, (ValueDeserializer) new RnDeserializer(null));
        addKeyDeserializer(Rn.class, new RnKeyDeserializer());
        addSerializer(new UniqueSerializer());
        addDeserializer(Unique.class, new WrapperDeserializer<Unique>(Unique.class, Unique::of, null));
        addSerializer(new ItemSerializer());
        addDeserializer(
                Item.class,
                new RefusingDeserializer<>(
                        Item.class,
                        "an Item belongs to a pool and cannot be read from JSON; read an ItemData, and call changeOf(items)"));
        addSerializer(new DocumentSerializer());
        addDeserializer(Document.class, new DocumentDeserializer());
        addSerializer(new FileRefSerializer());
        addDeserializer(FileRef.class, new FileRefDeserializer());
        addSerializer(new RefusingSerializer<>(Encrypted.class));
        addDeserializer(Encrypted.class, new WrapperDeserializer<Encrypted>(Encrypted.class, Encrypted::of, null));
        addSerializer(new RefusingSerializer<>(Password.class));
        addDeserializer(
                Password.class,
                new RefusingDeserializer<>(
                        Password.class,
                        "a Password is not read from JSON, since hashing takes long; read the text, and call Password.hash(text)"));
    }
}
