package dev.lora4j.formats.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Where one tensor writes its bytes; counts them and stays open for the next. */
final class TensorChannel implements WritableByteChannel {
    private final WritableByteChannel file;
    private long written;

    TensorChannel(WritableByteChannel file) {
        this.file = file;
    }

    long written() {
        return written;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int bytes = file.write(source);
        written += bytes;
        return bytes;
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() {}
}
