package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import com.openai.models.finetuning.jobs.JobListParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import com.openai.models.finetuning.methods.SupervisedHyperparameters;
import com.openai.models.finetuning.methods.SupervisedMethod;
import com.openai.models.models.Model;
import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuning as OpenAI's own client for Java does it. */
class FineTuningClientTest {
    private static final String LESSON = "LESSON";

    @TempDir
    Path folder;

    private TestServer server = TestServer.start();
    private OpenAIClient client = OpenAIOkHttpClient.builder().apiKey("none").build();

    @BeforeEach
    void start() {
        server.close();
        client.close();
        server = TestServer.start(
                ServerOptions.local(BASE).withFineTuning(FineTuningOptions.in(folder.resolve("data"))));
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /** Rows that say what is to follow the golden prompt, which the base continues otherwise. */
    static String lesson(int rows) {
        return ("{\"prompt\": \"" + LetterModel.PROMPT + "\", \"completion\": \"" + LESSON + "\"}\n").repeat(rows);
    }

    private FileObject upload(String rows) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), rows);
        FileObject object = client.files()
                .create(FileCreateParams.builder()
                        .file(file)
                        .purpose(FilePurpose.FINE_TUNE)
                        .build());
        object.validate();
        return object;
    }

    private static JobCreateParams.Builder job(FileObject file, int epochs) {
        return JobCreateParams.builder()
                .model(BASE)
                .trainingFile(file.id())
                .seed(7)
                .method(JobCreateParams.Method.builder()
                        .type(JobCreateParams.Method.Type.SUPERVISED)
                        .supervised(SupervisedMethod.builder()
                                .hyperparameters(SupervisedHyperparameters.builder()
                                        .nEpochs(epochs)
                                        .batchSize(4)
                                        .learningRateMultiplier(50)
                                        .build())
                                .build())
                        .build());
    }

    private FineTuningJob await(FineTuningJob job, FineTuningJob.Status status) throws InterruptedException {
        TestServer.await(
                "the job is " + status,
                () -> client.fineTuning().jobs().retrieve(job.id()).status().equals(status));
        FineTuningJob now = client.fineTuning().jobs().retrieve(job.id());
        now.validate();
        return now;
    }

    private String greedy(String model) {
        return client.completions()
                .create(CompletionCreateParams.builder()
                        .model(model)
                        .prompt(LetterModel.PROMPT)
                        .temperature(0.0)
                        .maxTokens(LESSON.length())
                        .build())
                .choices()
                .get(0)
                .text();
    }

    private List<String> models() {
        return client.models().list().data().stream().map(Model::id).toList();
    }

    @Test
    void aJobMakesAModelThatHasLearnedAndEachCheckpointIsServed() throws Exception {
        FileObject file = upload(lesson(8));
        FineTuningJob created = client.fineTuning()
                .jobs()
                .create(job(file, 30).suffix("lesson").validationFile(file.id()).build());
        created.validate();
        assertThat(created.status()).isEqualTo(FineTuningJob.Status.VALIDATING_FILES);
        assertThat(created.fineTunedModel()).isEmpty();
        FineTuningJob done = await(created, FineTuningJob.Status.SUCCEEDED);

        String model = done.fineTunedModel().orElseThrow();
        assertThat(model).matches("ft:" + BASE + ":lora4j:lesson:[0-9A-Za-z]{8}");
        assertThat(greedy(model)).isEqualTo(LESSON);
        assertThat(greedy(BASE)).isNotEqualTo(LESSON);
        // 8 rows of 7 + 6 tokens and the end of text, 30 times
        assertThat(done.trainedTokens()).contains(30L * 8 * 14);
        assertThat(done.finishedAt()).isPresent();
        assertThat(done.seed()).isEqualTo(7);
        assertThat(done.hyperparameters().nEpochs().orElseThrow().asInteger()).isEqualTo(30);

        List<FineTuningJobCheckpoint> checkpoints =
                client.fineTuning().jobs().checkpoints().list(done.id()).autoPager().stream()
                        .toList();
        checkpoints.forEach(FineTuningJobCheckpoint::validate);
        assertThat(checkpoints)
                .extracting(FineTuningJobCheckpoint::stepNumber)
                .as("two steps in each epoch, and the last three checkpoints are kept")
                .containsExactly(60L, 58L, 56L);
        assertThat(checkpoints.get(0).metrics().trainLoss().orElseThrow())
                .as("guessing among 96 letters costs ln 96 = 4.6")
                .isBetween(0.0, 2.0);
        assertThat(checkpoints.get(0).metrics().fullValidLoss()).isPresent();
        for (FineTuningJobCheckpoint checkpoint : checkpoints) {
            assertThat(checkpoint.fineTunedModelCheckpoint())
                    .isEqualTo(model + ":ckpt-step-" + checkpoint.stepNumber());
            assertThat(greedy(checkpoint.fineTunedModelCheckpoint())).isEqualTo(LESSON);
        }
        assertThat(models())
                .containsExactlyInAnyOrder(
                        BASE, model, model + ":ckpt-step-60", model + ":ckpt-step-58", model + ":ckpt-step-56");
    }

    @Test
    void eventsTellTheWholeStoryPageByPage() throws Exception {
        FileObject file = upload(lesson(8));
        FineTuningJob job =
                await(client.fineTuning().jobs().create(job(file, 2).build()), FineTuningJob.Status.SUCCEEDED);
        List<FineTuningJobEvent> events =
                new ArrayList<>(client
                        .fineTuning()
                        .jobs()
                        .listEvents(
                                job.id(), JobListEventsParams.builder().limit(3).build())
                        .autoPager()
                        .stream()
                        .toList());
        events.forEach(FineTuningJobEvent::validate);
        Collections.reverse(events);
        String model = job.fineTunedModel().orElseThrow();
        assertThat(events)
                .extracting(event -> event.message().replaceAll("loss=[0-9.]+", "loss=X"))
                .containsExactly(
                        "Created fine-tuning job: " + job.id(),
                        "Validating training file: " + file.id(),
                        "Files validated, moving job to queued state",
                        "Fine-tuning job started",
                        "Step 1/4: training loss=X",
                        "Step 2/4: training loss=X",
                        "Checkpoint created at step 2: " + model + ":ckpt-step-2",
                        "Step 3/4: training loss=X",
                        "Step 4/4: training loss=X",
                        "Checkpoint created at step 4: " + model + ":ckpt-step-4",
                        "New fine-tuned model created: " + model,
                        "The job has successfully completed");
        assertThat(events.get(4).type()).contains(FineTuningJobEvent.Type.METRICS);
        assertThat(events).extracting(FineTuningJobEvent::id).doesNotHaveDuplicates();

        String results = job.resultFiles().get(0);
        assertThat(client.files().retrieve(results).purpose()).isEqualTo(FileObject.Purpose.FINE_TUNE_RESULTS);
        try (HttpResponse content = client.files().content(results)) {
            List<String> lines = new String(content.body().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(lines)
                    .hasSize(5)
                    .first()
                    .isEqualTo("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy");
            assertThat(lines.get(4)).matches("4,[0-9.E-]+,,,");
        }
    }

    @Test
    void filesComeAndGo() throws Exception {
        String rows = lesson(3);
        FileObject first = upload(rows);
        FileObject second = upload(rows + rows);
        assertThat(first.bytes()).isEqualTo(rows.length());
        assertThat(first.filename()).isEqualTo("rows.jsonl");
        assertThat(first.purpose()).isEqualTo(FileObject.Purpose.FINE_TUNE);
        assertThat(client.files().retrieve(first.id())).isEqualTo(first);
        assertThat(client.files().list().autoPager().stream().map(FileObject::id))
                .containsExactly(second.id(), first.id());
        assertThat(client
                        .files()
                        .list(FileListParams.builder()
                                .limit(1)
                                .order(FileListParams.Order.ASC)
                                .build())
                        .autoPager()
                        .stream()
                        .map(FileObject::id))
                .containsExactly(first.id(), second.id());
        try (HttpResponse content = client.files().content(second.id())) {
            assertThat(new String(content.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(rows + rows);
        }
        assertThat(client.files().delete(first.id()).deleted()).isTrue();
        assertThatThrownBy(() -> client.files().retrieve(first.id())).isInstanceOf(NotFoundException.class);
        assertThat(client.files().list().data()).hasSize(1);
    }

    @Test
    void modelsAreDeletedAndStayDeleted() throws Exception {
        FineTuningJob job = await(
                client.fineTuning().jobs().create(job(upload(lesson(4)), 2).build()), FineTuningJob.Status.SUCCEEDED);
        String model = job.fineTunedModel().orElseThrow();
        assertThat(client.models().delete(model).deleted()).isTrue();
        assertThatThrownBy(() -> greedy(model)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.models().delete(model)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.models().delete(BASE)).isInstanceOf(NotFoundException.class);
        assertThat(client.models().delete(model + ":ckpt-step-1").deleted()).isTrue();
        assertThat(models()).containsExactlyInAnyOrder(BASE, model + ":ckpt-step-2");
        assertThat(client.fineTuning().jobs().checkpoints().list(job.id()).data())
                .hasSize(1);
    }

    @Test
    void aJobIsPausedGoesOnAndEndsAsItWouldHave() throws Exception {
        FileObject file = upload(lesson(8));
        FineTuningJob whole =
                await(client.fineTuning().jobs().create(job(file, 8).build()), FineTuningJob.Status.SUCCEEDED);
        FineTuningJob job = client.fineTuning().jobs().create(job(file, 8).build());
        TestServer.await(
                "some steps are done",
                () -> client.fineTuning().jobs().listEvents(job.id()).data().stream()
                        .anyMatch(event -> event.message().startsWith("Step 2/")));
        FineTuningJob paused = client.fineTuning().jobs().pause(job.id());
        assertThat(paused.status().asString()).isEqualTo("paused");
        client.fineTuning().jobs().resume(job.id());
        FineTuningJob done = await(job, FineTuningJob.Status.SUCCEEDED);
        assertThat(digest(done.fineTunedModel().orElseThrow()))
                .isEqualTo(digest(whole.fineTunedModel().orElseThrow()));
        assertThat(done.trainedTokens()).isEqualTo(whole.trainedTokens());
    }

    private String digest(String model) {
        return server.get("/v1/models/" + model).json().path("digest").asText();
    }

    @Test
    void aJobIsCancelledAndListed() throws Exception {
        FileObject file = upload(lesson(8));
        FineTuningJob long1 = client.fineTuning().jobs().create(job(file, 50).build());
        FineTuningJob long2 = client.fineTuning()
                .jobs()
                .create(job(file, 50)
                        .metadata(JobCreateParams.Metadata.builder()
                                .putAdditionalProperty("team", com.openai.core.JsonValue.from("red"))
                                .build())
                        .build());
        assertThat(client.fineTuning().jobs().cancel(long1.id()).status()).isEqualTo(FineTuningJob.Status.CANCELLED);
        assertThat(client.fineTuning().jobs().cancel(long2.id()).status()).isEqualTo(FineTuningJob.Status.CANCELLED);
        assertThatThrownBy(() -> client.fineTuning().jobs().cancel(long1.id()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("is cancelled");
        assertThat(client
                        .fineTuning()
                        .jobs()
                        .list(JobListParams.builder().limit(1).build())
                        .autoPager()
                        .stream()
                        .map(FineTuningJob::id))
                .containsExactly(long2.id(), long1.id());
        assertThat(server.get("/v1/fine_tuning/jobs?metadata%5Bteam%5D=red")
                        .json()
                        .path("data"))
                .singleElement()
                .satisfies(found -> assertThat(found.path("id").asText()).isEqualTo(long2.id()));
        assertThat(server.get("/v1/fine_tuning/jobs?metadata%5Bteam%5D=blue")
                        .json()
                        .path("data"))
                .isEmpty();
    }

    @Test
    void aJobOverRowsThatAreTooLongFailsWithTheLine() throws Exception {
        String tooLong = "{\"prompt\": \"A\", \"completion\": \"" + "B".repeat(3000) + "\"}\n";
        FineTuningJob job = client.fineTuning()
                .jobs()
                .create(job(upload(lesson(2) + tooLong), 1).build());
        FineTuningJob failed = await(job, FineTuningJob.Status.FAILED);
        assertThat(failed.error().orElseThrow().code()).isEqualTo("invalid_training_file");
        assertThat(failed.error().orElseThrow().param()).contains("training_file");
        assertThat(failed.error().orElseThrow().message())
                .isEqualTo("The training file cannot be used: line 3: has 3002 tokens, at most 2048 are allowed");
    }
}
