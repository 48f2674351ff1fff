package dev.lora4j.server;

import static dev.lora4j.server.StructuredOutputTest.json;
import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's client and LangChain4j's, with functions and answers in JSON. */
class ToolClientsTest {
    private static TestServer server;
    private static OpenAIClient client;

    /** What an answer is to look like, as a class. */
    static final class Place {
        public Kind kind = Kind.TOWN;
        public boolean large;

        enum Kind {
            TOWN,
            VILLAGE
        }
    }

    @BeforeAll
    static void start() {
        server = TestServer.calling(ToolFormat.HERMES);
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        FunctionParameters parameters = FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty("properties", JsonValue.from(Map.of("big", Map.of("type", "boolean"))))
                .putAdditionalProperty("required", JsonValue.from(List.of("big")))
                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                .build();
        return ChatCompletionCreateParams.builder()
                .model(BASE)
                .addUserMessage("A")
                .maxCompletionTokens(300)
                .parallelToolCalls(false)
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .addTool(ChatCompletionFunctionTool.builder()
                        .function(FunctionDefinition.builder()
                                .name("grow")
                                .description("Makes it grow")
                                .parameters(parameters)
                                .strict(true)
                                .build())
                        .build());
    }

    @Test
    void openAisClientGetsACallAndSendsItsResult() {
        ChatCompletion answer = client.chat().completions().create(chat().build());
        answer.validate();
        ChatCompletion.Choice choice = answer.choices().get(0);
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(choice.message().content()).isEmpty();
        ChatCompletionMessageFunctionToolCall call =
                choice.message().toolCalls().orElseThrow().get(0).asFunction();
        assertThat(call.function().name()).isEqualTo("grow");
        assertThat(json(call.function().arguments()).path("big").isBoolean()).isTrue();

        ChatCompletionCreateParams next = chat().addMessage(choice.message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("done")
                        .build())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE)
                .maxCompletionTokens(3)
                .build();
        assertThat(client.chat()
                        .completions()
                        .create(next)
                        .usage()
                        .orElseThrow()
                        .promptTokens())
                .as("a letter is a token: the call and its result are in the prompt")
                .isBetween(95L, 105L);
    }

    @Test
    void openAisClientGathersAStreamedCall() {
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(chat().build())) {
            chunks.stream().forEach(all::accumulate);
        }
        ChatCompletion.Choice choice = all.chatCompletion().choices().get(0);
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        ChatCompletionMessageFunctionToolCall call =
                choice.message().toolCalls().orElseThrow().get(0).asFunction();
        assertThat(call.function().name()).isEqualTo("grow");
        assertThat(json(call.function().arguments()).path("big").isBoolean()).isTrue();
    }

    @Test
    void openAisClientReadsAClass() {
        Place place = client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(BASE)
                        .addUserMessage("A")
                        .maxCompletionTokens(200)
                        .responseFormat(Place.class)
                        .build())
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
        assertThat(place.kind).isIn(Place.Kind.TOWN, Place.Kind.VILLAGE);
    }

    private static ToolSpecification grow() {
        return ToolSpecification.builder()
                .name("grow")
                .description("Makes it grow")
                .parameters(JsonObjectSchema.builder()
                        .addBooleanProperty("big")
                        .required("big")
                        .additionalProperties(false)
                        .build())
                .build();
    }

    private static OpenAiChatModel langChain() {
        return OpenAiChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("none")
                .modelName(BASE)
                .seed(1)
                .maxTokens(300)
                .maxRetries(0)
                .parallelToolCalls(false)
                .strictJsonSchema(true)
                .strictTools(true)
                .build();
    }

    @Test
    void langChain4jGetsACallAndSendsItsResult() {
        UserMessage question = UserMessage.from("A");
        AiMessage called = langChain()
                .chat(ChatRequest.builder()
                        .messages(question)
                        .toolSpecifications(grow())
                        .toolChoice(ToolChoice.REQUIRED)
                        .build())
                .aiMessage();
        ToolExecutionRequest request = called.toolExecutionRequests().get(0);
        assertThat(request.name()).isEqualTo("grow");
        assertThat(json(request.arguments()).path("big").isBoolean()).isTrue();
        ChatResponse next = langChain()
                .chat(ChatRequest.builder()
                        .messages(question, called, ToolExecutionResultMessage.from(request, "done"))
                        .maxOutputTokens(3)
                        .build());
        assertThat(next.tokenUsage().outputTokenCount()).isPositive();
    }

    @Test
    void langChain4jStreamsACall() throws Exception {
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("none")
                .modelName(BASE)
                .seed(1)
                .maxTokens(300)
                .parallelToolCalls(false)
                .strictTools(true)
                .build();
        CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
        model.chat(
                ChatRequest.builder()
                        .messages(UserMessage.from("A"))
                        .toolSpecifications(grow())
                        .toolChoice(ToolChoice.REQUIRED)
                        .build(),
                new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String piece) {
                        throw new AssertionError(piece);
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
        ChatResponse response = complete.get(30, TimeUnit.SECONDS);
        assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        ToolExecutionRequest request =
                response.aiMessage().toolExecutionRequests().get(0);
        assertThat(request.name()).isEqualTo("grow");
        assertThat(json(request.arguments()).path("big").isBoolean()).isTrue();
    }

    @Test
    void langChain4jGetsJsonByASchema() {
        JsonSchema schema = JsonSchema.builder()
                .name("place")
                .rootElement(JsonObjectSchema.builder()
                        .addEnumProperty("kind", List.of("town", "village"))
                        .addBooleanProperty("large")
                        .required("kind", "large")
                        .additionalProperties(false)
                        .build())
                .build();
        String text = langChain()
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("A"))
                        .responseFormat(ResponseFormat.builder()
                                .type(ResponseFormatType.JSON)
                                .jsonSchema(schema)
                                .build())
                        .build())
                .aiMessage()
                .text();
        assertThat(json(text).path("kind").asText()).isIn("town", "village");
    }
}
