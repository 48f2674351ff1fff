package dev.lora4j.server.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Named server-sent events (HTML standard, 9.2), each sent at once. Confined to a thread. */
final class EventWriter {
    private final HttpServletResponse response;

    EventWriter(HttpServletResponse response) {
        this.response = response;
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("X-Accel-Buffering", "no"); // of proxies
    }

    /** Sends something; every line of it is a line of data. */
    void send(String event, String data) throws IOException {
        StringBuilder text = new StringBuilder("event: ").append(event).append('\n');
        for (String line : data.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1)) {
            text.append("data: ").append(line).append('\n');
        }
        write(text.append('\n').toString());
    }

    /** Sends nothing, which shows whether anybody is there. */
    void keepAlive() throws IOException {
        write(":\n\n");
    }

    private void write(String text) throws IOException {
        OutputStream out = response.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Text as HTML. */
    static String escaped(String text) {
        StringBuilder html = new StringBuilder();
        text.codePoints().forEach(each -> {
            switch (each) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                case 0 -> html.append('\uFFFD');
                default -> html.appendCodePoint(each);
            }
        });
        return html.toString();
    }
}
