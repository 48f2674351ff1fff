package dev.lora4j.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A disk in a folder that fills up after some bytes, or that crashes before its n-th operation. */
final class FaultyDisk implements Disk {
    private final Disk real = Disk.real();
    private final List<String> operations = new ArrayList<>();
    private final Set<Object> forced = new HashSet<>();
    private final Set<Object> written = new HashSet<>();
    private final long capacity;
    private final int crashAt;
    private long used;
    private boolean crashed;

    private FaultyDisk(long capacity, int crashAt) {
        this.capacity = capacity;
        this.crashAt = crashAt;
    }

    static FaultyDisk withFree(long bytes) {
        return new FaultyDisk(bytes, Integer.MAX_VALUE);
    }

    static FaultyDisk crashingAt(int operation) {
        return new FaultyDisk(Long.MAX_VALUE, operation);
    }

    static FaultyDisk recording() {
        return new FaultyDisk(Long.MAX_VALUE, Integer.MAX_VALUE);
    }

    /** What was done, with the temporary part of names left out. */
    List<String> operations() {
        return List.copyOf(operations);
    }

    boolean crashed() {
        return crashed;
    }

    /** What a power failure may do: bytes that were never forced are gone, wherever the file is called now. */
    void losePower(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (written.contains(identity(file)) && !forced.contains(identity(file))) {
                    Files.write(file, new byte[0]);
                }
            }
        }
    }

    /** What stays the same when a file is renamed. */
    private static Object identity(Path file) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }

    private void step(String operation, Path path) throws IOException {
        if (operations.size() >= crashAt || crashed) {
            crashed = true;
            throw new IOException("the machine has crashed");
        }
        operations.add(operation + " " + path.getFileName().toString().replaceAll("tmp-.*", "tmp"));
    }

    @Override
    public Output create(Path file) throws IOException {
        step("create", file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        written.add(identity(file));
        return new LimitedOutput(file, channel);
    }

    @Override
    public void createDirectories(Path folder) throws IOException {
        real.createDirectories(folder);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step("move to", to);
        real.move(from, to);
    }

    @Override
    public void forceDirectory(Path folder) throws IOException {
        step("force folder", folder);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (crashed) {
            throw new IOException("the machine has crashed");
        }
        real.delete(path);
    }

    @Override
    public long free(Path folder) {
        return capacity - used;
    }

    private final class LimitedOutput implements Output {
        private final Path file;
        private final FileChannel channel;

        LimitedOutput(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            step("write", file);
            int fits = (int) Math.min(source.remaining(), capacity - used);
            if (fits == 0 && source.hasRemaining()) {
                throw new IOException("No space left on device");
            }
            ByteBuffer part = source.slice().limit(fits);
            int bytes = channel.write(part);
            source.position(source.position() + bytes);
            used += bytes;
            forced.remove(identity(file));
            return bytes;
        }

        @Override
        public void force() throws IOException {
            step("force", file);
            forced.add(identity(file));
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
