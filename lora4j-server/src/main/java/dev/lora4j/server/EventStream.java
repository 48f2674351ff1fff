package dev.lora4j.server;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events, each sent at once. The response begins with the first, so that an error before it is a status. */
final class EventStream {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpServletResponse response;

    EventStream(HttpServletResponse response) {
        this.response = response;
    }

    /** True if the client has got something. */
    boolean hasBegun() {
        return response.isCommitted();
    }

    void send(Object event) throws IOException {
        send(Json.bytes(event));
    }

    /** Says that nothing follows. */
    void done() throws IOException {
        send("[DONE]".getBytes(StandardCharsets.US_ASCII));
    }

    private void send(byte[] data) throws IOException {
        if (!hasBegun()) {
            response.setStatus(200);
            response.setContentType("text/event-stream;charset=utf-8");
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Accel-Buffering", "no"); // of proxies
        }
        OutputStream out = response.getOutputStream();
        out.write(DATA);
        out.write(data);
        out.write(END);
        out.flush();
    }
}
