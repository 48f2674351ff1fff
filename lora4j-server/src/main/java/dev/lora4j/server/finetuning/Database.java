package dev.lora4j.server.finetuning;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.Lora4jException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.sqlite.SQLiteDataSource;

/**
 * The tables, in one SQLite file: what a transaction has committed is on the disk, also if the machine stops.
 *
 * <p>One connection, one transaction at a time; safe for any number of threads. The folder is locked, so that no second
 * process works on the same jobs.
 */
final class Database implements AutoCloseable {
    private static final String FILE = "lora4j.db";
    private static final String LOCK = "lock";

    private final Connection connection;
    private final FileChannel lock;

    private Database(Connection connection, FileChannel lock) {
        this.connection = connection;
        this.lock = lock;
    }

    /** What is done in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection tables) throws SQLException;
    }

    /**
     * Opens the file in a folder, or creates it, and brings its tables up to date.
     *
     * @throws Lora4jException if another process has it open, or it is no such file
     */
    static Database open(Path folder) {
        FileChannel lock = lock(folder);
        try {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + folder.resolve(FILE).toAbsolutePath());
            migrate(source, folder);
            Connection connection = source.getConnection();
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
                statement.execute("PRAGMA foreign_keys = ON");
            }
            connection.setAutoCommit(false);
            return new Database(connection, lock);
        } catch (SQLException | FlywayException e) {
            close(lock);
            throw failure(folder.resolve(FILE) + " cannot be used", e);
        } catch (Lora4jException e) {
            close(lock);
            throw e;
        }
    }

    private static void migrate(SQLiteDataSource source, Path folder) {
        Flyway flyway = Flyway.configure(Database.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:dev/lora4j/server/finetuning/schema")
                .load();
        for (MigrationInfo each : flyway.info().applied()) {
            if (each.getState() == MigrationState.FUTURE_SUCCESS || each.getState() == MigrationState.FUTURE_FAILED) {
                throw new Lora4jException(
                        folder.resolve(FILE) + " was written by a newer version of lora4j: it has tables of"
                                + " version " + each.getVersion() + "; use that lora4j, or another folder");
            }
        }
        flyway.migrate();
    }

    private static FileChannel lock(Path folder) {
        Path file = folder.resolve(LOCK);
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw FileAccessException.writing(file, e);
        }
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (IOException | OverlappingFileLockException e) {
            // said below
        }
        close(channel);
        throw new FileAccessException(folder, "is used by another server; stop it, or choose another folder");
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new Lora4jException("the lock of the data folder cannot be closed: " + e.getMessage(), e);
        }
    }

    /**
     * Does all of it, or nothing.
     *
     * @throws Lora4jException if the database fails, such as on a full disk
     */
    synchronized <T> T transaction(Work<T> work) {
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            rollback(e);
            throw failure("the database of jobs failed", e);
        } catch (RuntimeException | Error e) {
            rollback(e);
            throw e;
        }
    }

    private void rollback(Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static Lora4jException failure(String what, Exception cause) {
        return new Lora4jException(what + ": " + cause.getMessage(), cause);
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure("the database of jobs cannot be closed", e);
        } finally {
            close(lock);
        }
    }
}
