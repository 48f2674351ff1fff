package dev.lora4j.server;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.server.finetuning.Account;
import dev.lora4j.server.finetuning.Page;
import dev.lora4j.server.finetuning.StoredFile;
import dev.lora4j.server.finetuning.TrainingFiles;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code /v1/files}. */
final class FilesHandler {
    /** Uploads at a time; each may take long, and its rows are looked at on its thread. */
    static final int UPLOADS = 4;

    private static final int MOST = 10_000;

    private final TrainingFiles files;
    private final Semaphore uploads = new Semaphore(UPLOADS);

    FilesHandler(TrainingFiles files) {
        this.files = files;
    }

    record FileObject(
            String id,
            String object,
            long bytes,
            long createdAt,
            @Nullable Long expiresAt,
            String filename,
            String purpose,
            String status,
            @Nullable String statusDetails) {
        static FileObject of(StoredFile file) {
            return new FileObject(
                    file.id(),
                    "file",
                    file.bytes(),
                    file.createdAt(),
                    null,
                    file.filename(),
                    file.purpose(),
                    "processed",
                    null);
        }
    }

    record FileList(
            String object,
            List<FileObject> data,
            @Nullable String firstId,
            @Nullable String lastId,
            boolean hasMore) {
        static FileList of(Page<StoredFile> page) {
            List<FileObject> data = page.data().stream().map(FileObject::of).toList();
            return new FileList(
                    "list",
                    data,
                    data.isEmpty() ? null : data.get(0).id(),
                    data.isEmpty() ? null : data.get(data.size() - 1).id(),
                    page.hasMore());
        }
    }

    /** Something that is no more. */
    record Deleted(String id, String object, boolean deleted) {}

    void upload(Context context) {
        if (!uploads.tryAcquire()) {
            throw ApiError.queueFull(java.time.Duration.ofSeconds(1));
        }
        try {
            StoredFile file = FileForm.read(context, files, Caller.of(context).account());
            Responses.json(context, 200, FileObject.of(file));
        } finally {
            uploads.release();
        }
    }

    void list(Context context) {
        String order = Optional.ofNullable(context.queryParam("order")).orElse("desc");
        if (!order.equals("asc") && !order.equals("desc")) {
            throw ApiError.invalid("order", "order is not known, expected asc or desc");
        }
        Page<StoredFile> page = files.list(
                Caller.of(context).account(),
                ListQuery.text(context, "purpose"),
                order.equals("desc"),
                ListQuery.text(context, "after"),
                ListQuery.limit(context, MOST, MOST));
        Responses.json(context, 200, FileList.of(page));
    }

    void get(Context context) {
        Responses.json(context, 200, FileObject.of(files.get(Caller.of(context).account(), context.pathParam("id"))));
    }

    void content(Context context) {
        Account account = Caller.of(context).account();
        Path path = files.content(account, context.pathParam("id"));
        try {
            context.header("X-Content-Type-Options", "nosniff")
                    .contentType("application/octet-stream")
                    .result(Files.newInputStream(path));
        } catch (IOException e) {
            throw FileAccessException.reading(path, e);
        }
    }

    void delete(Context context) {
        String id = context.pathParam("id");
        files.delete(Caller.of(context).account(), id);
        Responses.json(context, 200, new Deleted(id, "file", true));
    }
}
