package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The clients that people have: OpenAI's own for Java, and LangChain4j's. */
class ClientsTest {
    private static TestServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        server = TestServer.start().with("all-linear", "saved-head");
        client = openAi(server);
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static OpenAIClient openAi(TestServer to) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(to.url() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage(LetterModel.PROMPT)
                .temperature(0.0)
                .maxCompletionTokens(12);
    }

    @Test
    void openAisClientChats() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(chat(BASE).logprobs(true).topLogprobs(2).build());
        answer.validate();
        assertThat(answer.choices()).hasSize(1);
        ChatCompletion.Choice choice = answer.choices().get(0);
        assertThat(choice.message().content()).contains(LetterModel.ANSWER);
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.LENGTH);
        assertThat(choice.logprobs().orElseThrow().content().orElseThrow())
                .hasSize(12)
                .first()
                .satisfies(token -> {
                    assertThat(token.token()).isEqualTo("/");
                    assertThat(token.topLogprobs()).hasSize(2);
                });
        assertThat(answer.usage().orElseThrow().totalTokens()).isEqualTo(19);
    }

    @Test
    void openAisClientStreams() {
        ChatCompletionCreateParams params = chat(BASE)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> all = chunks.stream().toList();
            all.forEach(ChatCompletionChunk::validate);
            StringBuilder text = new StringBuilder();
            all.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(choice -> choice.delta().content().ifPresent(text::append));
            assertThat(text).hasToString(LetterModel.ANSWER);
            ChatCompletionChunk last = all.get(all.size() - 1);
            assertThat(last.choices()).isEmpty();
            assertThat(last.usage().orElseThrow().completionTokens()).isEqualTo(12);
        }
    }

    @Test
    void openAisClientCompletes() {
        Completion completion = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(BASE)
                        .prompt(LetterModel.PROMPT)
                        .temperature(0.0)
                        .maxTokens(12)
                        .logprobs(2)
                        .build());
        completion.validate();
        assertThat(completion.choices().get(0).text()).isEqualTo(LetterModel.ANSWER);
        assertThat(completion.choices().get(0).logprobs().orElseThrow().tokens().orElseThrow())
                .hasSize(12);
    }

    @Test
    void openAisClientListsModelsAndTakesAnAdapterForOne() {
        assertThat(client.models().list().data())
                .extracting(model -> model.validate().id())
                .containsExactly(BASE, "all-linear", "saved-head");
        assertThat(client.models().retrieve("all-linear").ownedBy()).isEqualTo("lora4j");
        String base = text(BASE);
        assertThat(text("all-linear")).isNotEqualTo(base);
        assertThat(text("saved-head")).isNotEqualTo(base);
    }

    private static String text(String model) {
        return client.chat()
                .completions()
                .create(chat(model).build())
                .choices()
                .get(0)
                .message()
                .content()
                .orElse("");
    }

    @Test
    void openAisClientKnowsOurErrors() {
        assertThatThrownBy(
                        () -> client.chat().completions().create(chat("gpt-4o").build()))
                .isInstanceOfSatisfying(NotFoundException.class, error -> {
                    assertThat(error.code()).contains("model_not_found");
                    assertThat(error.param()).contains("model");
                });
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat(BASE).temperature(9.0).build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> {
                    assertThat(error.param()).contains("temperature");
                    assertThat(error.type()).contains("invalid_request_error");
                });
    }

    @Test
    void openAisClientEmbeds() {
        try (TestServer encoder = TestServer.encoder()) {
            OpenAIClient embedding = openAi(encoder);
            CreateEmbeddingResponse response = embedding
                    .embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model(BASE)
                            .input("ABC")
                            .build());
            response.validate();
            double squares = response.data().get(0).embedding().stream()
                    .mapToDouble(value -> value * value)
                    .sum();
            assertThat(squares).isBetween(0.9999, 1.0001);
        }
    }

    @Test
    void langChain4jChatsAndStreams() throws Exception {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("none")
                .modelName(BASE)
                .temperature(0.0)
                .maxTokens(12)
                .maxRetries(0)
                .build();
        ChatResponse whole = model.chat(UserMessage.from(LetterModel.PROMPT));
        assertThat(whole.aiMessage().text()).isEqualTo(LetterModel.ANSWER);
        assertThat(whole.tokenUsage().totalTokenCount()).isEqualTo(19);

        OpenAiStreamingChatModel streaming = OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("none")
                .modelName(BASE)
                .temperature(0.0)
                .maxTokens(12)
                .build();
        CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
        List<String> pieces = new ArrayList<>();
        streaming.chat(LetterModel.PROMPT, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.add(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                complete.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                complete.completeExceptionally(error);
            }
        });
        ChatResponse streamed = complete.get(30, TimeUnit.SECONDS);
        assertThat(streamed.aiMessage().text()).isEqualTo(LetterModel.ANSWER);
        assertThat(String.join("", pieces)).isEqualTo(LetterModel.ANSWER);
        assertThat(pieces).hasSizeGreaterThan(5);
        assertThat(streamed.tokenUsage().outputTokenCount()).isEqualTo(12);
    }

    @Test
    void langChain4jEmbeds() {
        try (TestServer encoder = TestServer.encoder()) {
            OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                    .baseUrl(encoder.url() + "/v1")
                    .apiKey("none")
                    .modelName(BASE)
                    .maxRetries(0)
                    .build();
            Embedding embedding = model.embed("ABC").content();
            assertThat(embedding.dimension()).isEqualTo(32);
        }
    }
}
