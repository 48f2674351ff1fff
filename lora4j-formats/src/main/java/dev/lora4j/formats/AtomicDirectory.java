package dev.lora4j.formats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Creates a folder with all its files or not at all, also across a crash.
 *
 * <p>The files are written and forced one by one in the order of the calls into a folder beside it, the folder is
 * forced, renamed, and then the folder above is forced. It never replaces a folder that has something in it.
 *
 * <p>Confined to the thread that calls {@link #write(Path, Content)}.
 */
public final class AtomicDirectory {
    private final Disk disk;
    private final Path temporary;
    private final Path target;
    private final Set<Path> folders = new LinkedHashSet<>();

    private AtomicDirectory(Disk disk, Path temporary, Path target) {
        this.disk = disk;
        this.temporary = temporary;
        this.target = target;
    }

    /** What the folder will have in it. */
    @FunctionalInterface
    public interface Content {
        /** Adds the files, the one that makes the rest valid last. */
        void addTo(AtomicDirectory folder);
    }

    /** Creates the folder on the disk of this machine. */
    public static void write(Path target, Content content) {
        write(Disk.real(), target, content);
    }

    /** Creates the folder on the given disk. */
    public static void write(Disk disk, Path target, Content content) {
        Path folder = target.toAbsolutePath();
        Path parent = folder.getParent();
        if (parent == null || isTaken(folder)) {
            throw new FileAccessException(target, "already exists; remove it or choose another name");
        }
        Path temporary = AtomicFile.temporary(folder);
        try {
            disk.createDirectories(temporary);
            AtomicDirectory building = new AtomicDirectory(disk, temporary, target);
            content.addTo(building);
            for (Path inner : building.folders) {
                disk.forceDirectory(inner);
            }
            disk.forceDirectory(temporary);
            disk.move(temporary, folder);
            disk.forceDirectory(parent);
        } catch (IOException e) {
            AtomicFile.discard(disk, temporary, e);
            throw FileAccessException.writing(target, e);
        } catch (RuntimeException | Error e) {
            AtomicFile.discard(disk, temporary, e);
            throw e;
        }
    }

    /**
     * Adds a file.
     *
     * @param name within the folder, with {@code /} if it lies deeper
     */
    public AtomicDirectory file(String name, FileContent content) {
        Path file = ContainedPath.resolve(temporary, name, target);
        try {
            for (Path above = file.getParent(); above != null && !above.equals(temporary); above = above.getParent()) {
                disk.createDirectories(above);
                folders.add(above);
            }
        } catch (IOException e) {
            throw FileAccessException.writing(target.resolve(name), e);
        }
        SyncedFile.write(disk, file, target.resolve(name), content);
        return this;
    }

    /** Adds a file with text in UTF-8. */
    public AtomicDirectory text(String name, String text) {
        return file(name, FileContent.text(text));
    }

    private static boolean isTaken(Path target) {
        if (!Files.isDirectory(target)) {
            return Files.exists(target);
        }
        try (Stream<Path> entries = Files.list(target)) {
            return entries.findAny().isPresent();
        } catch (IOException e) {
            throw FileAccessException.reading(target, e);
        }
    }
}
