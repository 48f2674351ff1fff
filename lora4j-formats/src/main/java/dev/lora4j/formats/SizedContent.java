package dev.lora4j.formats;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalLong;

record SizedContent(long bytes, FileContent content) implements FileContent {
    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        content.writeTo(channel);
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(bytes);
    }
}
