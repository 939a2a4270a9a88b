package dev.korm.gateway.query;

import com.google.flatbuffers.Table;
import dev.korm.gateway.wire.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A table of a FlatBuffer, its fields by their slots; every offset is checked, since clients write these bytes. */
final class Buffers extends Table {
    private static final int FIRST_SLOT = 4;

    private final int[] budget;

    private Buffers(ByteBuffer bytes, int at, int[] budget) {
        this.budget = budget;
        if (--budget[0] < 0) {
            throw RefusedException.bad("The binary query has too many parts");
        }
        if (at < 4 || at > bytes.capacity() - 4) {
            throw broken();
        }
        int vtable = at - bytes.getInt(at);
        if (vtable < 0 || vtable > bytes.capacity() - 4) {
            throw broken();
        }
        int size = Short.toUnsignedInt(bytes.getShort(vtable));
        if (size < 4 || vtable + size > bytes.capacity()) {
            throw broken();
        }
        __reset(at, bytes);
    }

    /** Opens the root of a buffer. */
    static Buffers root(byte[] bytes, int parts) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 8) {
            throw broken();
        }
        return new Buffers(buffer, buffer.getInt(0), new int[] {parts});
    }

    static RefusedException broken() {
        return RefusedException.bad("The binary query is not a FlatBuffer of the protocol");
    }

    private int place(int slot) {
        int offset = __offset(FIRST_SLOT + 2 * slot);
        return offset == 0 ? 0 : bb_pos + offset;
    }

    boolean has(int slot) {
        return place(slot) != 0;
    }

    int unsignedByte(int slot, int fallback) {
        int at = place(slot);
        return at == 0 ? fallback : Byte.toUnsignedInt(bb.get(at));
    }

    boolean flag(int slot, boolean fallback) {
        return unsignedByte(slot, fallback ? 1 : 0) != 0;
    }

    int unsignedShort(int slot, int fallback) {
        int at = place(slot);
        return at == 0 ? fallback : Short.toUnsignedInt(bb.getShort(at));
    }

    long unsignedInt(int slot, long fallback) {
        int at = place(slot);
        return at == 0 ? fallback : Integer.toUnsignedLong(bb.getInt(at));
    }

    long int64(int slot) {
        int at = place(slot);
        return at == 0 ? 0 : bb.getLong(at);
    }

    double float64(int slot) {
        int at = place(slot);
        return at == 0 ? 0 : bb.getDouble(at);
    }

    /** Returns a text; empty where there is none. */
    String text(int slot) {
        int at = place(slot);
        return at == 0 ? "" : textAt(at);
    }

    /** Returns the table that a slot refers to. */
    Buffers table(int slot) {
        int at = place(slot);
        if (at == 0) {
            throw broken();
        }
        return new Buffers(bb, target(at), budget);
    }

    /** Returns how many entries a vector has. */
    int length(int slot, int entrySize) {
        int at = place(slot);
        if (at == 0) {
            return 0;
        }
        int vector = target(at);
        int length = bb.getInt(vector);
        if (length < 0 || (long) length * entrySize > bb.capacity() - 4L - vector) {
            throw broken();
        }
        budget[0] -= length;
        if (budget[0] < 0) {
            throw RefusedException.bad("The binary query has too many parts");
        }
        return length;
    }

    Buffers tableIn(int slot, int index) {
        return new Buffers(bb, target(entry(slot, index, 4)), budget);
    }

    String textIn(int slot, int index) {
        return textAt(entry(slot, index, 4));
    }

    int unsignedByteIn(int slot, int index) {
        return Byte.toUnsignedInt(bb.get(entry(slot, index, 1)));
    }

    long int64In(int slot, int index) {
        return bb.getLong(entry(slot, index, 8));
    }

    double float64In(int slot, int index) {
        return bb.getDouble(entry(slot, index, 8));
    }

    private int entry(int slot, int index, int size) {
        return target(place(slot)) + 4 + index * size;
    }

    private int target(int at) {
        int target = at + bb.getInt(at);
        if (target < 4 || target > bb.capacity() - 4) {
            throw broken();
        }
        return target;
    }

    private String textAt(int at) {
        int start = target(at);
        int length = bb.getInt(start);
        if (length < 0 || length > bb.capacity() - 4L - start) {
            throw broken();
        }
        ByteBuffer slice = bb.duplicate();
        slice.position(start + 4);
        slice.limit(start + 4 + length);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(slice);
            return text.toString();
        } catch (CharacterCodingException noText) {
            throw broken();
        }
    }
}
