package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.server.Browser.Sent;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chat with base and adapter at once. The base's answer is transformers', see {@link LetterModel}. */
class PageChatTest {
    private final TestServer server = TestServer.start().with("all-linear");
    private final Browser browser = new Browser(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private String open() {
        return Browser.hidden(browser.get("/web/chat").body(), "conversation");
    }

    private HttpResponse<String> ask(String conversation, String question, int maxTokens) {
        return browser.post(
                "/web/chat",
                Map.of(
                        "conversation",
                        conversation,
                        "question",
                        question,
                        "temperature",
                        "0",
                        "maxTokens",
                        Integer.toString(maxTokens)));
    }

    private List<Sent> answer(String conversation, int turn, int side) {
        return Browser.events(browser.get(path(conversation, turn, side)).body());
    }

    private static String path(String conversation, int turn, int side) {
        return "/web/chat/answer?conversation=" + conversation + "&turn=" + turn + "&side=" + side;
    }

    private static String text(List<Sent> events) {
        return events.stream()
                .filter(event -> event.name().equals("piece"))
                .map(Sent::data)
                .collect(Collectors.joining());
    }

    private String apiAnswer(String model, String question, int maxTokens) {
        return server.post(
                        "/v1/completions",
                        TestServer.completion(model, maxTokens, "").replace(LetterModel.PROMPT, question))
                .json()
                .at("/choices/0/text")
                .asText();
    }

    @Test
    void bothAnswerTheSameQuestionEachWithItsOwnWeights() {
        String conversation = open();
        String turn = ask(conversation, LetterModel.PROMPT, 12).body();
        assertThat(turn)
                .contains("sse-connect=\"" + path(conversation, 0, 0).replace("&", "&amp;") + "\"", "all-linear");
        assertThat(text(answer(conversation, 0, 0))).isEqualTo(LetterModel.ANSWER);
        String adapted = apiAnswer("all-linear", LetterModel.PROMPT, 12);
        assertThat(adapted).isNotEqualTo(LetterModel.ANSWER);
        assertThat(text(answer(conversation, 0, 1))
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&amp;", "&")
                        .replace("&quot;", "\"")
                        .replace("&#39;", "'"))
                .isEqualTo(adapted);
    }

    @Test
    void theLastEventSaysHowItEnded() {
        String conversation = open();
        ask(conversation, LetterModel.PROMPT, 5);
        List<Sent> events = answer(conversation, 0, 0);
        assertThat(events.get(events.size() - 1)).isEqualTo(new Sent("done", "5 tokens, cut at the limit"));
    }

    @Test
    void eachModelRemembersItsOwnAnswersAlone() {
        String conversation = open();
        ask(conversation, LetterModel.PROMPT, 3);
        String first = text(answer(conversation, 0, 0)); // é is one letter of two tokens
        answer(conversation, 0, 1);
        ask(conversation, "S-L", 4);
        String second = text(answer(conversation, 1, 0));
        // the template of the letters writes all messages one after the other
        assertThat(second).isEqualTo(apiAnswer(BASE, LetterModel.PROMPT + first + "S-L", 4));
    }

    @Test
    void whatIsAskedIsShownAsText() {
        String turn = ask(open(), "<b onclick=alert(1)>&\"'", 1).body();
        assertThat(turn).contains("&lt;b onclick=alert(1)&gt;&amp;").doesNotContain("<b");
    }

    @Test
    void anAnswerIsStreamedOnce() {
        String conversation = open();
        ask(conversation, LetterModel.PROMPT, 2);
        answer(conversation, 0, 0);
        assertThat(answer(conversation, 0, 0)).containsExactly(new Sent("done", "Cut short: the connection was lost."));
    }

    @Test
    void aQuestionBeforeTheAnswersAreDoneIsRefusedInPlace() {
        String conversation = open();
        ask(conversation, LetterModel.PROMPT, 2);
        HttpResponse<String> early = ask(conversation, "more", 2);
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(early.headers().firstValue("HX-Retarget")).hasValue("#problem");
        assertThat(early.body()).contains("still being written").doesNotContain("<html");
        browser.post("/web/chat/stop", Map.of("conversation", conversation));
        assertThat(ask(conversation, "more", 2).statusCode()).isEqualTo(200);
    }

    @Test
    void stoppingEndsALongAnswerAndFreesTheEngine() throws InterruptedException {
        String conversation = open();
        ask(conversation, LetterModel.PROMPT, 4_000);
        List<Sent>[] read = newList();
        Thread reader = new Thread(() -> read[0] = answer(conversation, 0, 1));
        reader.start();
        TestServer.await("it runs", () -> server.server.sequences() == 1);
        browser.post("/web/chat/stop", Map.of("conversation", conversation));
        reader.join(20_000);
        assertThat(read[0].get(read[0].size() - 1)).isEqualTo(new Sent("done", "Stopped"));
        TestServer.await("it is out", () -> server.server.sequences() == 0);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<Sent>[] newList() {
        return new List[1];
    }

    @Test
    void whatTheServerCannotDoIsSaidInTheAnswersPlace() {
        String conversation = open();
        ask(conversation, "ab".repeat(3_000), 10); // the model has 4,096 positions
        List<Sent> events = answer(conversation, 0, 0);
        assertThat(events).hasSize(1);
        assertThat(events.get(0).name()).isEqualTo("done");
        assertThat(events.get(0).data()).contains("class=\"alert\"", "maximum context length is 4096");
    }

    @Test
    void anAdapterThatIsGoneIsSaidInItsPlaceAndTheBaseAnswers() {
        String conversation = open();
        ask(conversation, LetterModel.PROMPT, 12);
        server.server.unpublish("all-linear");
        assertThat(text(answer(conversation, 0, 0))).isEqualTo(LetterModel.ANSWER);
        assertThat(answer(conversation, 0, 1).get(0).data()).contains("alert", "all-linear");
    }

    @ParameterizedTest
    @CsvSource({
        "temperature, warm, Temperature is “warm”",
        "temperature, 3, Temperature is “3”; it must be from 0 to 2",
        "temperature, NaN, Temperature is “NaN”",
        "maxTokens, 0, Most tokens is “0”",
        "maxTokens, 1.5, whole number",
        "question, '   ', The question is empty",
        "conversation, none, chat is over"
    })
    void aFieldThatIsWrongIsNamed(String field, String value, String message) {
        Map<String, String> fields =
                new HashMap<>(Map.of("conversation", open(), "question", "a", "temperature", "0", "maxTokens", "1"));
        fields.put(field, value);
        HttpResponse<String> answer = browser.post("/web/chat", fields);
        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(answer.body()).contains(message).contains("class=\"alert\"");
    }

    @Test
    void withoutAdaptersTheBaseAnswersAlone() {
        server.server.unpublish("all-linear");
        String html = browser.get("/web/chat").body();
        assertThat(html).contains("the base answers alone").doesNotContain("<select");
        String conversation = Browser.hidden(html, "conversation");
        assertThat(ask(conversation, LetterModel.PROMPT, 12).body()).doesNotContain("side=1");
        assertThat(text(answer(conversation, 0, 0))).isEqualTo(LetterModel.ANSWER);
    }
}
