package dev.lora4j.server.finetuning;

import dev.lora4j.data.BadRowException;
import dev.lora4j.data.Dataset;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Files that clients bring and jobs leave: the bytes in a folder, under their ids; the rest in the database.
 *
 * <p>A file's bytes are on the disk before anybody is told of it, and its entry goes before its bytes do: after a crash
 * there may be bytes without an entry, which the next start removes, never the reverse. Safe for any number of threads.
 */
public final class TrainingFiles {
    private static final String ROWS = ".jsonl"; // the end by which rows are read

    private final Database database;
    private final Path folder;
    private final FineTuningOptions options;
    private final Clock clock;

    TrainingFiles(Database database, FineTuningOptions options, Clock clock) {
        this.database = database;
        this.folder = options.data().resolve("files");
        this.options = options;
        this.clock = clock;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FileAccessException.writing(folder, e);
        }
        removeStrays();
    }

    /** What a crash left: uploads that did not end, and bytes whose entry is gone. */
    private void removeStrays() {
        Set<String> known = database
                .transaction(
                        tables -> Query.on(tables).add("SELECT id FROM files").list(row -> row.getString(1)))
                .stream()
                .map(id -> id + ROWS)
                .collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!known.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw FileAccessException.writing(folder, e);
        }
    }

    /** Begins to take a file; to be closed whether it is finished or not. */
    public Upload begin(Account owner) {
        requireRoom(0);
        return Upload.into(folder.resolve("upload-" + Names.id("") + ROWS), options.fileBytes());
    }

    private void requireRoom(long bytes) {
        long[] held = database.transaction(tables -> Query.on(tables)
                .add("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM files")
                .first(row -> new long[] {row.getLong(1), row.getLong(2)})
                .orElseThrow());
        if (held[0] >= FineTuningOptions.FILES || held[1] + bytes > options.allFileBytes()) {
            throw RefusedException.full("the server keeps at most " + FineTuningOptions.FILES + " files of "
                    + options.allFileBytes() + " bytes together; delete some first");
        }
    }

    /**
     * Checks the rows of an upload and keeps it.
     *
     * @param filename as the client calls it
     * @throws RefusedException naming the line and the key of the first row that cannot be learned from
     */
    public StoredFile finish(Account owner, Upload upload, String filename) {
        String name = checked(filename);
        upload.end();
        requireRoom(upload.bytes());
        check(upload.path());
        StoredFile file = new StoredFile(
                Names.id("file-"),
                owner.name(),
                StoredFile.FINE_TUNE,
                name,
                upload.bytes(),
                clock.instant().getEpochSecond());
        upload.keepAs(path(file.id()));
        database.transaction(tables -> insert(tables, file));
        return file;
    }

    /** The name alone, without folders; it is only ever shown. */
    private static String checked(String filename) {
        String name = filename.substring(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
        boolean shown = name.codePoints()
                .noneMatch(each -> Character.isISOControl(each)
                        || Character.getType(each) == Character.FORMAT
                        || Character.getType(each) == Character.SURROGATE);
        if (name.isBlank() || name.length() > FineTuningOptions.FILENAME_CHARS || !shown) {
            throw RefusedException.invalid(
                    "file",
                    "the file's name is not one: expected 1 to " + FineTuningOptions.FILENAME_CHARS
                            + " visible characters");
        }
        return name;
    }

    private static void check(Path path) {
        try {
            Dataset.check(path);
        } catch (BadRowException | InvalidFileException e) {
            throw RefusedException.invalid("file", Rows.problem(path, e));
        }
    }

    static int insert(Connection tables, StoredFile file) throws SQLException {
        return Query.on(tables)
                .add(
                        "INSERT INTO files (id, owner, purpose, filename, bytes, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                        file.id(),
                        file.owner(),
                        file.purpose(),
                        file.filename(),
                        file.bytes(),
                        file.createdAt())
                .change();
    }

    /**
     * Some of an account's files.
     *
     * @param purpose of those that are wanted; empty for any
     * @param after the id before the first that is wanted
     */
    public Page<StoredFile> list(
            Account account, Optional<String> purpose, boolean newestFirst, Optional<String> after, int limit) {
        Optional<StoredFile> before = after.map(id -> find(account, id)
                .orElseThrow(() -> RefusedException.invalid("after", "after is no file's id: " + shown(id))));
        List<StoredFile> found = database.transaction(tables -> {
            Query query = Query.on(tables)
                    .add("SELECT * FROM files WHERE (? OR owner = ?)", account.seesAll(), account.name());
            if (purpose.isPresent()) {
                query.add("AND purpose = ?", purpose.get());
            }
            if (before.isPresent()) {
                query.add(
                        "AND number " + (newestFirst ? "<" : ">") + " (SELECT number FROM files WHERE id = ?)",
                        before.get().id());
            }
            return query.add("ORDER BY number " + (newestFirst ? "DESC" : "ASC") + " LIMIT ?", limit + 1L)
                    .list(StoredFile::read);
        });
        return Page.of(found, limit);
    }

    static String shown(String id) {
        return id.length() > 40 ? id.substring(0, 40) + "…" : id;
    }

    /**
     * One file.
     *
     * @throws RefusedException if there is none, or it is another's
     */
    public StoredFile get(Account account, String id) {
        return find(account, id)
                .orElseThrow(() -> RefusedException.notFound("id", "No such File object: " + shown(id)));
    }

    Optional<StoredFile> find(Account account, String id) {
        return database.transaction(tables -> find(tables, id)).filter(file -> account.sees(file.owner()));
    }

    static Optional<StoredFile> find(Connection tables, String id) throws SQLException {
        return Query.on(tables).add("SELECT * FROM files WHERE id = ?", id).first(StoredFile::read);
    }

    /** Where a file's bytes are. */
    public Path content(Account account, String id) {
        return path(get(account, id).id());
    }

    Path path(String id) {
        return folder.resolve(id + ROWS);
    }

    /** Writes the bytes of a file whose entry comes next. */
    void write(String id, String text) {
        AtomicFile.writeString(path(id), text);
    }

    /**
     * Removes a file.
     *
     * @throws RefusedException if there is none, or a job that has not ended needs it
     */
    public void delete(Account account, String id) {
        StoredFile file = get(account, id);
        database.transaction(tables -> {
            Optional<String> job = Query.on(tables)
                    .add("SELECT id FROM jobs WHERE (training_file = ? OR validation_file = ?)", id, id)
                    .add("AND status IN " + JobStatus.UNFINISHED)
                    .first(row -> row.getString(1));
            if (job.isPresent()) {
                throw RefusedException.invalid(
                        "file_id", "the file " + id + " is used by the job " + job.get() + "; cancel it first");
            }
            return Query.on(tables)
                    .add("DELETE FROM files WHERE id = ?", file.id())
                    .change();
        });
        try {
            Files.deleteIfExists(path(id));
        } catch (IOException e) {
            throw new Lora4jException("the bytes of " + id + " could not be removed; the next start tries again", e);
        }
    }
}
