package dev.korm.wal.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C of bytes and of the place where they belong: run, segment and offset. So bytes are right only where they were written. For one
 * thread.
 */
public final class Checksum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer place = ByteBuffer.allocate(3 * Long.BYTES);

    public Checksum(String run, long segment) {
        place.putLong(0, Long.parseUnsignedLong(run, 16)).putLong(Long.BYTES, segment);
    }

    /** Begins with the offset in the segment where the bytes are. */
    public Checksum at(long offset) {
        place.putLong(2 * Long.BYTES, offset);
        crc.reset();
        crc.update(place.array());
        return this;
    }

    /** Takes the bytes from position to limit, and moves neither. */
    public Checksum add(ByteBuffer bytes) {
        crc.update(bytes.duplicate());
        return this;
    }

    public int value() {
        return (int) crc.getValue();
    }
}
