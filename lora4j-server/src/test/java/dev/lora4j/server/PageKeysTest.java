package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may see the page, and from where it takes posts. */
class PageKeysTest {
    private static final String USER = "user-key-1234567890"; // infer, the base and all-linear
    private static final String ADMIN = "admin-key-1234567890"; // admin and infer, all models
    private static final String TRAINER = "train-key-1234567890"; // train

    @TempDir
    Path folder;

    private TestServer server = TestServer.start();
    private Browser browser = new Browser(server);

    @BeforeEach
    void start() throws IOException {
        server.close();
        // by printf %s KEY | sha256sum
        Path keys = Files.writeString(folder.resolve("keys.json"), """
                {"keys": [
                  {"name": "user", "scopes": ["infer"], "models": ["letters", "all-linear"],
                   "sha256": "b1581d61ba3fe56779a5c5e45ac845368289ba35544a92b46eca372869334c79"},
                  {"name": "admin", "scopes": ["admin", "infer"],
                   "sha256": "e581c8f68327d51229aeaa1e7a262cf019b228b068bfe51cd7769b9db0599293"},
                  {"name": "trainer", "scopes": ["train"],
                   "sha256": "bdcffd8a629bbe7af10ccf7c7bfaef39d8727e35ad05dac2c4e8b3cee526f5e6"}]}
                """);
        server = TestServer.start(ServerOptions.local(BASE).withKeys(ApiKeys.read(keys)))
                .with("all-linear", "saved-head");
        browser = new Browser(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> signIn(String key) {
        return browser.send(browser.form("/web/sign-in", Map.of("key", key)).header("Origin", browser.origin()));
    }

    @Test
    void withoutAKeyEveryPageLeadsToSigningIn() {
        List<Route> pages = server.server.routes().stream()
                .filter(route -> route.permission() == Permission.PAGE)
                .filter(route -> !route.path().startsWith("/web/assets/")
                        && !route.path().startsWith("/web/sign-"))
                .toList();
        assertThat(pages).hasSizeGreaterThan(3);
        for (Route route : pages) {
            HttpResponse<String> answer = route.method().equals(io.javalin.http.HandlerType.GET)
                    ? browser.get(route.path())
                    : browser.send(browser.form(route.path(), Map.of()).header("Origin", browser.origin()));
            assertThat(answer.statusCode()).as(route.path()).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location")).hasValue("/web/sign-in");
            assertThat(answer.body()).doesNotContain("<", "all-linear");
        }
        HttpResponse<String> fragment =
                browser.send(browser.request("/web/adapters").header("HX-Request", "true"));
        assertThat(fragment.statusCode()).isEqualTo(401);
        assertThat(fragment.headers().firstValue("HX-Redirect")).hasValue("/web/sign-in");
    }

    @Test
    void aKeyOpensASessionThatNoScriptReadsAndNoOtherSiteSends() {
        HttpResponse<String> answer = signIn(USER);
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).hasValue("/");
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain(USER, "Secure");
        assertThat(browser.get("/").body()).contains("all-linear", "Sign out").doesNotContain(USER);
    }

    @Test
    void behindTlsTheCookieNeverGoesWithoutIt() {
        HttpResponse<String> answer = browser.send(browser.form("/web/sign-in", Map.of("key", USER))
                .header("Sec-Fetch-Site", "same-origin")
                .header("X-Forwarded-Proto", "https"));
        assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).endsWith("; Secure");
    }

    @Test
    void aWrongKeyIsToldInPlaceAndIsNotShown() {
        HttpResponse<String> answer = signIn("my<secret>");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body())
                .contains("none of the server’s keys", "role=\"alert\"", "aria-invalid=\"true\"")
                .doesNotContain("secret");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void signingOutEndsTheSessionInTheServer() {
        String cookie =
                signIn(USER).headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        assertThat(browser.get("/").statusCode()).isEqualTo(200);
        browser.post("/web/sign-out", Map.of());
        Browser thief = new Browser(server);
        assertThat(thief.send(thief.request("/").header("Cookie", cookie)).statusCode())
                .isEqualTo(303);
    }

    @Test
    void aKeySeesItsModelsAloneAndNoFigures() {
        signIn(USER);
        assertThat(browser.get("/").body()).contains("all-linear").doesNotContain("saved-head", ">Requests<");
        assertThat(browser.get("/web/chat?adapter=saved-head").statusCode()).isEqualTo(404);
        signIn(ADMIN);
        assertThat(browser.get("/").body()).contains("all-linear", "saved-head", ">Requests<");
    }

    @Test
    void aKeyWithoutTheScopeIsToldWhichItNeeds() {
        signIn(TRAINER);
        for (String path : List.of("/web/adapters", "/web/chat")) {
            HttpResponse<String> answer = browser.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(403);
            assertThat(answer.body()).contains("scope infer").doesNotContain("all-linear");
        }
    }

    @Test
    void anAuthorizationHeaderOpensNoPageAndACookieNoApi() {
        assertThat(browser.send(browser.request("/").header("Authorization", "Bearer " + USER))
                        .statusCode())
                .isEqualTo(303);
        signIn(USER);
        assertThat(browser.get("/v1/models").statusCode()).isEqualTo(401);
    }

    @Test
    void aChatIsItsOwnersAlone() {
        signIn(ADMIN);
        String conversation = Browser.hidden(browser.get("/web/chat").body(), "conversation");
        signIn(USER);
        HttpResponse<String> answer = browser.post(
                "/web/chat",
                Map.of("conversation", conversation, "question", "x", "temperature", "0", "maxTokens", "1"));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("HX-Retarget")).hasValue("#problem");
        assertThat(answer.body()).contains("chat is over");
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, https://evil.example, 403",
        "Origin, null, 403",
        "Origin, http://127.0.0.1:1, 403",
        "Sec-Fetch-Site, cross-site, 403",
        "Sec-Fetch-Site, same-site, 403",
        "Sec-Fetch-Site, none, 403",
        "X-Nothing, said, 403",
        "Sec-Fetch-Site, same-origin, 400"
    })
    void aPostFromElsewhereIsRefused(String header, String value, int status) {
        signIn(USER);
        HttpResponse<String> answer =
                browser.send(browser.form("/web/chat", Map.of("question", "")).header(header, value));
        assertThat(answer.statusCode()).isEqualTo(status); // the question is empty, so none is answered
        assertThat(answer.body()).contains(status == 403 ? "another site" : "question is empty");
    }

    @Test
    void withoutKeysThePageAnswersToThisMachinesNamesAlone() throws IOException {
        try (TestServer open = TestServer.start()) {
            assertThat(ask(open, "localhost:" + open.server.port())).startsWith("HTTP/1.1 200");
            assertThat(ask(open, "127.0.0.1")).startsWith("HTTP/1.1 200");
            assertThat(ask(open, "evil.example:" + open.server.port())).startsWith("HTTP/1.1 403");
            assertThat(ask(open, "localhost.evil.example")).startsWith("HTTP/1.1 403");
        }
    }

    private static String ask(TestServer open, String host) throws IOException {
        try (var socket = open.connect()) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
