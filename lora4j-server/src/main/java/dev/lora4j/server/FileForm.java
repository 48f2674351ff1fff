package dev.lora4j.server;

import dev.lora4j.server.finetuning.Account;
import dev.lora4j.server.finetuning.StoredFile;
import dev.lora4j.server.finetuning.TrainingFiles;
import dev.lora4j.server.finetuning.Upload;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * The form by which a file comes: {@code purpose} and {@code file}, in any order.
 *
 * <p>The file goes to the disk as it comes. The parser passes over exceptions of its listener, so the listener keeps the
 * first and the loop that feeds it throws. Confined to one thread.
 */
final class FileForm implements MultiPart.Parser.Listener {
    /** Time that a whole upload may take. */
    static final Duration UPLOAD_TIME = Duration.ofMinutes(10);

    private static final int PARTS = 8;
    private static final int PART_HEADERS = 4096;
    private static final int FIELD_BYTES = 1000;
    private static final int PIECE = 1 << 16;

    private final Upload upload;
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();
    private @Nullable RuntimeException failure;
    private boolean complete;
    private String disposition = "";
    private String name = "";
    private Optional<String> filename = Optional.empty();
    private Optional<String> purpose = Optional.empty();
    private Optional<String> kept = Optional.empty(); // the file's name, once it has come

    private FileForm(Upload upload) {
        this.upload = upload;
    }

    /**
     * Takes the file of a request and keeps it.
     *
     * @throws ApiError if the form is none, or not whole
     * @throws dev.lora4j.server.finetuning.RefusedException if the file will not do
     */
    static StoredFile read(Context context, TrainingFiles files, Account owner) {
        String type = context.contentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            throw ApiError.ofStatus(415, "the Content-Type is not multipart/form-data, which was expected");
        }
        String boundary = MultiPart.extractBoundary(type);
        if (boundary == null || boundary.isEmpty()) {
            throw ApiError.invalid("the Content-Type has no boundary, which a form needs");
        }
        try (Upload upload = files.begin(owner)) {
            FileForm form = new FileForm(upload);
            form.feed(context, boundary);
            return files.finish(owner, upload, form.checked());
        }
    }

    private void feed(Context context, String boundary) {
        MultiPart.Parser parser = new MultiPart.Parser(boundary, this);
        parser.setMaxParts(PARTS);
        parser.setPartHeadersMaxLength(PART_HEADERS);
        long end = System.nanoTime() + UPLOAD_TIME.toNanos();
        try {
            InputStream in = context.req().getInputStream();
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                if (System.nanoTime() - end > 0) {
                    throw ApiError.ofStatus(
                            408, "the file did not come within " + UPLOAD_TIME.toMinutes() + " minutes");
                }
                parser.parse(Content.Chunk.from(ByteBuffer.wrap(piece, 0, count), false));
                throwFailure();
                piece = new byte[PIECE];
            }
        } catch (IOException e) {
            throw ApiError.ofStatus(408, "the body did not come");
        }
        parser.parse(Content.Chunk.EOF);
        throwFailure();
        if (!complete) {
            throw ApiError.invalid("the form is broken off: its last boundary is missing");
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    private String checked() {
        String given = purpose.orElseThrow(() -> ApiError.invalid("purpose", "the field purpose is missing"));
        if (!given.equals(StoredFile.FINE_TUNE)) {
            throw ApiError.unsupported(
                    "purpose",
                    "purpose is \"" + ServedModels.shortened(given) + "\", this server knows " + StoredFile.FINE_TUNE
                            + " alone");
        }
        return kept.orElseThrow(() -> ApiError.invalid("file", "the field file is missing"));
    }

    /** Does something, unless all is lost already. */
    private void attempt(Runnable work) {
        if (failure == null) {
            try {
                work.run();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
    }

    @Override
    public void onPartBegin() {
        disposition = "";
        field.reset();
    }

    @Override
    public void onPartHeader(String header, String value) {
        if (header.equalsIgnoreCase("Content-Disposition")) {
            disposition = value;
        }
    }

    @Override
    public void onPartHeaders() {
        attempt(() -> {
            ContentDisposition parsed = ContentDisposition.parse(disposition);
            name = parsed.name();
            filename = parsed.filename();
            boolean known = name.equals("purpose") || name.equals("file");
            if (!known) {
                throw ApiError.unsupported(
                        name.isEmpty() ? "file" : ServedModels.shortened(name),
                        name.isEmpty()
                                ? "a part of the form has no name"
                                : "the field " + ServedModels.shortened(name) + " is not known to this server");
            }
            if (name.equals("file") ? kept.isPresent() : purpose.isPresent()) {
                throw ApiError.invalid(name, "the form has the field " + name + " twice");
            }
            if (name.equals("file")) {
                kept = Optional.of(filename.orElseThrow(
                        () -> ApiError.invalid("file", "file is no file: its part has no filename")));
            }
        });
    }

    @Override
    public void onPartContent(Content.Chunk chunk) {
        attempt(() -> {
            ByteBuffer bytes = chunk.getByteBuffer();
            if (name.equals("file")) {
                upload.write(bytes);
            } else if (field.size() + bytes.remaining() > FIELD_BYTES) {
                throw ApiError.invalid(name, "the field " + name + " has more than " + FIELD_BYTES + " bytes");
            } else {
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                field.writeBytes(copy);
            }
        });
    }

    @Override
    public void onPartEnd() {
        if (name.equals("purpose")) {
            purpose = Optional.of(field.toString(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void onComplete() {
        complete = true;
    }

    @Override
    public void onFailure(Throwable broken) {
        attempt(() -> {
            throw ApiError.invalid("the form is broken: " + broken.getMessage());
        });
    }
}
