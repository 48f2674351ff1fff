package dev.lora4j.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads the body of a request, and takes no more than is allowed. */
final class RequestBody {
    private RequestBody() {}

    static Fields fields(Context context, Limits limits) {
        return Fields.of(object(context, limits));
    }

    private static ObjectNode object(Context context, Limits limits) {
        if (context.req().getContentLengthLong() > limits.bodyBytes()) {
            throw tooLarge(context, limits);
        }
        String encoding = context.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw ApiError.ofStatus(
                    415,
                    "the body is compressed (" + (encoding.length() > 20 ? "…" : encoding) + "), expected it as it is");
        }
        byte[] body = read(context, limits.bodyBytes() + 1);
        if (body.length > limits.bodyBytes()) {
            throw tooLarge(context, limits);
        }
        if (body.length == 0) {
            throw ApiError.invalid("the body is empty, expected a JSON object");
        }
        return Json.object(body);
    }

    /**
     * Reads on a little before it refuses: the answer to a client that still sends when the connection closes may be lost on its
     * way. One that waits to be told to send is not told.
     */
    private static ApiError tooLarge(Context context, Limits limits) {
        if (context.header("Expect") == null) {
            read(context, limits.bodyBytes() + 1);
        }
        return ApiError.tooLarge(limits.bodyBytes());
    }

    /** Reads at most so many bytes, and not for ever: one byte now and then would keep a thread. */
    private static byte[] read(Context context, int most) {
        long end = System.nanoTime() + Limits.BODY_TIME.toNanos();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] piece = new byte[8192];
        try {
            InputStream in = context.req().getInputStream();
            int count = in.read(piece, 0, Math.min(piece.length, most));
            while (count > 0) {
                if (System.nanoTime() > end) {
                    throw ApiError.ofStatus(408, "the body did not come within " + Limits.BODY_TIME.toSeconds() + " s");
                }
                body.write(piece, 0, count);
                count = in.read(piece, 0, Math.min(piece.length, most - body.size()));
            }
            return body.toByteArray();
        } catch (IOException e) {
            throw ApiError.ofStatus(408, "the body did not come");
        }
    }
}
