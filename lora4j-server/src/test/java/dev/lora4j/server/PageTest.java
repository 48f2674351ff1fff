package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the page shows of what is served, and what a browser is told with it. */
class PageTest {
    private TestServer server = TestServer.start();
    private Browser browser = new Browser(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(ServerOptions options) {
        server.close();
        server = TestServer.start(options);
        browser = new Browser(server);
    }

    @Test
    void anAdapterIsShownWithRankTargetsAndSize() {
        server.with("rslora");
        String html = browser.get("/").body();
        String digest = server.get("/v1/models/rslora").json().path("digest").asText();
        assertThat(html)
                .contains("rslora", digest.substring(0, 12), "Chat<span class=\"hidden\"> with rslora</span>")
                .contains("<td data-label=\"Rank\">");
    }

    /** From the golden adapter's own files: safetensors has the sizes, adapter_config.json the rest. */
    @Test
    void rankAlphaTargetsAndSizeAreThoseOfTheFolder() throws IOException {
        Path folder = LetterModel.adapter("all-linear");
        var summary = dev.lora4j.lora.AdapterSummary.of(folder);
        server.with("all-linear");
        String html = browser.get("/").body();
        assertThat(html).contains(String.format("%,d values", summary.parameters()));
        for (long rank : summary.ranks().values()) {
            assertThat(html).contains("<span class=\"number\">" + rank + "</span>");
        }
        assertThat(html).contains("α " + summary.config().path("lora_alpha").asInt());
        assertThat(summary.ranks().keySet())
                .isNotEmpty()
                .allSatisfy(path ->
                        assertThat(html).contains("<li>" + path.substring(path.lastIndexOf('.') + 1) + "</li>"));
    }

    @Test
    void thoseOnDiskAreNamedAndTheFirstQuestionReadsThem() {
        long one = dev.lora4j.lora.AdapterFolder.bytes(LetterModel.adapter("all-linear"));
        restart(ServerOptions.local(BASE).withLimits(Limits.defaults().withAdapterMemory(one)));
        server.with("rslora", "all-linear"); // rslora leaves
        String html = browser.get("/").body();
        assertThat(html).contains("On disk", "<a href=\"/web/chat?adapter=rslora\">rslora</a>");
        assertThat(row(html, "all-linear")).contains("Chat");
        assertThat(browser.get("/web/chat?adapter=rslora").body()).contains("rslora");
        assertThat(server.post("/v1/completions", TestServer.completion("rslora", 1, ""))
                        .status())
                .isEqualTo(200);
        html = browser.get("/").body();
        assertThat(row(html, "rslora")).contains("Chat");
        assertThat(html).contains("<a href=\"/web/chat?adapter=all-linear\">all-linear</a>");
    }

    @Test
    void withoutAdaptersItSaysWhatToDo() {
        assertThat(browser.get("/").body()).doesNotContain("On disk");
        assertThat(browser.get("/").body())
                .contains("No adapters yet", "--adapters")
                .contains(BASE);
    }

    @Test
    void trafficCountsRequestsAndTokens() {
        server.with("all-linear");
        server.post("/v1/completions", TestServer.completion("all-linear", 3, ""));
        server.post("/v1/completions", TestServer.completion("all-linear", 4, ""));
        String row = row(browser.get("/").body(), "all-linear");
        assertThat(row)
                .contains("<span class=\"number\">2</span>") // requests
                .contains("<span class=\"number\">14</span>") // of two prompts of 7 tokens
                .contains("7 out");
    }

    private static String row(String html, String name) {
        return Stream.of(html.split("<tr", -1))
                .filter(row -> row.contains("<th scope=\"row\">" + name + "<"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row of " + name + " in " + html));
    }

    @Test
    void theTableAloneIsAFragmentForRenewal() {
        server.with("all-linear");
        String html = browser.get("/web/adapters").body();
        assertThat(html).doesNotContain("<html").contains("id=\"adapters\"", "hx-get=\"/web/adapters\"", "all-linear");
        assertThat(browser.get("/").body()).contains(html.strip().substring(0, 200));
    }

    @Test
    void whatAnOpenPageRenewsByItselfIsNotInTheLog() throws InterruptedException {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.lora4j.server.access");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            for (int i = 0; i < 5; i++) {
                browser.send(browser.request("/web/adapters")
                        .header("HX-Request", "true")
                        .GET());
            }
            browser.get("/");
            browser.send(
                    browser.request("/v1/models").header("HX-Request", "true").GET()); // no part of the page
            TestServer.await("both are written", () -> lines.list.size() == 2);
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("GET / 200"))
                    .anyMatch(line -> line.contains("GET /v1/models 200"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void whatAnOperatorOrAVisitorNamesIsShownAsText() {
        restart(ServerOptions.local("<img src=x onerror=alert(1)>\"'&"));
        String home = browser.get("/").body();
        assertThat(home).contains("&lt;img src=x onerror=alert(1)&gt;").doesNotContain("<img");
        String refused = browser.get("/web/chat?adapter=%3Cscript%3Ealert(1)%3C/script%3E")
                .body();
        assertThat(refused).contains("&lt;script&gt;alert(1)").doesNotContain("<script>");
    }

    @Test
    void everyPageAllowsItsOwnFilesAloneAndHasNoScriptsOrStylesInIt() {
        server.with("all-linear");
        for (String path : List.of("/", "/web/chat", "/web/chat?adapter=none")) {
            HttpResponse<String> response = browser.get(path);
            String policy =
                    response.headers().firstValue("Content-Security-Policy").orElse("");
            assertThat(policy)
                    .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
            String html = response.body();
            assertThat(Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(html).find())
                    .as("a script inside " + path)
                    .isFalse();
            assertThat(Pattern.compile("<[^>]*\\s(style|on[a-z]+|hx-on[^=]*)=")
                            .matcher(html)
                            .find())
                    .as("a style or handler inside " + path)
                    .isFalse();
            assertThat(Pattern.compile("(src|href|action)=\"(https?:)?//")
                            .matcher(html)
                            .find())
                    .as("another host named in " + path)
                    .isFalse();
        }
    }

    @Test
    void everyFileThatThePageNamesIsThere() {
        var names = Pattern.compile("(?:src|href)=\"(/web/assets/[^\"]+)\"")
                .matcher(browser.get("/").body())
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(names).hasSize(7);
        assertThat(names).allSatisfy(name -> {
            HttpResponse<String> file = browser.get(name);
            assertThat(file.statusCode()).isEqualTo(200);
            assertThat(file.body()).isNotBlank();
            assertThat(file.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
        });
    }

    @Test
    void everyFieldHasALabel() {
        server.with("all-linear");
        String html = browser.get("/web/chat").body();
        var ids = Pattern.compile("<(?:input|select|textarea)(?![^>]*type=\"hidden\")[^>]*\\sid=\"([^\"]+)\"")
                .matcher(html)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(ids).contains("question", "adapter", "temperature");
        assertThat(ids).allSatisfy(id -> assertThat(html).contains("for=\"" + id + "\""));
    }

    @Test
    void itCanBeSwitchedOff() {
        restart(ServerOptions.local(BASE).withoutPage());
        assertThat(browser.get("/").statusCode()).isEqualTo(404);
        assertThat(browser.get("/web/chat").statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/models").status()).isEqualTo(200);
    }

    @Test
    void anEncoderHasNoChat() {
        server.close();
        server = TestServer.encoder();
        browser = new Browser(server);
        assertThat(browser.get("/").body()).doesNotContain("/web/chat");
        HttpResponse<String> chat = browser.get("/web/chat");
        assertThat(chat.statusCode()).isEqualTo(404);
        assertThat(chat.body()).contains("encoder");
    }

    @Test
    void anAdapterThatIsTakenAwayLeavesThePage(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder);
        server.with("all-linear");
        assertThat(browser.get("/").body()).contains("all-linear");
        server.server.unpublish("all-linear");
        assertThat(browser.get("/").body()).doesNotContain("all-linear");
    }
}
