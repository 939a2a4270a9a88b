package dev.korm.crypto.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexTest {
    @Test
    void every_byte_is_written_and_read_as_the_jdk_does() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        String text = HexFormat.of().formatHex(all);
        assertThat(Hex.text(all, 0, all.length)).isEqualTo(text);
        assertThat(Hex.text(all, 10, 12)).isEqualTo("0a0b");
        assertThat(Hex.bytes(text, 0)).isEqualTo(all);
        assertThat(Hex.bytes(text.toUpperCase(Locale.ROOT), 0)).isEqualTo(all);
        assertThat(Hex.bytes("ff", 2)).containsExactly(-1, 0, 0);
        assertThat(Hex.bytes("", 1)).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "0g", "g0", "0x", " 0", "00 ", "é0", "0\u0130", "\uff10\uff10", "\ud83d\ude00", "-1", "0\0"
            })
    void what_is_no_hex_is_told(String text) {
        assertThat(Hex.bytes(text, 0)).isNull();
    }
}
