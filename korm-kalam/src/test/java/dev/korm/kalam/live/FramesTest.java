package dev.korm.kalam.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.error.KalamProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import okio.ByteString;
import org.junit.jupiter.api.Test;

/** Compressed frames: few bytes of them can be many. */
class FramesTest {
    private static ByteString zipped(int size) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(new byte[size]);
        }
        return ByteString.of(out.toByteArray());
    }

    @Test
    void a_frame_is_not_unzipped_beyond_the_limit() throws IOException {
        assertThat(Frames.unzipped(zipped(1000), 1000)).hasSize(1000);
        assertThatThrownBy(() -> Frames.unzipped(zipped(1001), 1000))
                .isInstanceOf(KalamProtocolException.class)
                .hasMessageContaining("1000 bytes");
        assertThatThrownBy(() -> Frames.unzipped(ByteString.encodeUtf8("no gzip"), 1000))
                .isInstanceOf(KalamProtocolException.class);
    }
}
