package dev.lora4j.server.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.JobEvent;
import dev.lora4j.server.finetuning.JobStatus;
import dev.lora4j.server.finetuning.Page;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a browser of a job until it has ended: all losses so far and then each new one as {@code points}, a JSON array of
 * {@code [step, loss, validation loss]} with one of the two null; how far it is as {@code progress}; what else has changed
 * as {@code state} and {@code log}; at the end {@code done}. Confined to a thread.
 */
final class JobNews {
    /** How often the job is looked at. */
    static final Duration LOOK = Duration.ofMillis(500);
    /** Looks without news after which a byte is sent, to see whether the browser is still there. */
    private static final int QUIET_LOOKS = 10;

    private static final int EVENTS = 1000;

    private final TrainingDesk desk;
    private final String id;
    private final Templates templates;
    private final EventWriter out;
    private Optional<String> last = Optional.empty(); // the id of the newest event that was told
    private Optional<JobStatus> told = Optional.empty();
    private JobView view;

    JobNews(TrainingDesk desk, String id, Templates templates, EventWriter out) {
        this.desk = desk;
        this.id = id;
        this.templates = templates;
        this.out = out;
        this.view = JobView.of(desk, desk.job(id));
    }

    void tell() throws IOException, InterruptedException {
        int quiet = 0;
        while (desk.isServing()) {
            FineTuningJob job = desk.job(id); // before its events, so that its end comes after all of them
            quiet = look(job) ? 0 : quiet + 1;
            if (job.status().isEnd()) {
                out.send("done", job.status().word());
                return;
            }
            if (quiet == QUIET_LOOKS) {
                out.keepAlive();
                quiet = 0;
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    private boolean look(FineTuningJob job) throws IOException {
        List<JobEvent> fresh = fresh();
        boolean moved = !told.equals(Optional.of(job.status()));
        if (fresh.isEmpty() && !moved) {
            return false;
        }
        ArrayNode points = points(fresh);
        if (!points.isEmpty()) {
            out.send("points", points.toString());
        }
        view = JobView.of(desk, job);
        out.send("progress", templates.fragment("jobProgress", Map.of("view", view)));
        if (moved) {
            told = Optional.of(job.status());
            out.send("state", templates.fragment("jobState", Map.of("view", view)));
        }
        if (moved || fresh.stream().anyMatch(event -> !event.isMetrics())) {
            out.send(
                    "log",
                    templates.fragment(
                            "jobLog",
                            Map.of(
                                    "view", view,
                                    "events", JobPage.messages(desk, view),
                                    "checkpoints", desk.checkpoints(id))));
        }
        return true;
    }

    /** Events that were not told yet, the oldest first. */
    private List<JobEvent> fresh() {
        List<JobEvent> fresh = new ArrayList<>();
        Optional<String> after = Optional.empty();
        boolean more = true;
        while (more) {
            Page<JobEvent> page = desk.events(id, after, EVENTS);
            more = page.hasMore();
            for (JobEvent event : page.data()) {
                if (last.equals(Optional.of(event.id()))) {
                    more = false;
                    break;
                }
                fresh.add(event);
                after = Optional.of(event.id());
            }
        }
        Collections.reverse(fresh);
        if (!fresh.isEmpty()) {
            last = Optional.of(fresh.get(fresh.size() - 1).id());
        }
        return fresh;
    }

    private static ArrayNode points(List<JobEvent> events) {
        ArrayNode points = JsonNodeFactory.instance.arrayNode();
        for (JobEvent event : events) {
            if (event.isMetrics() && event.step().isPresent() && event.loss().isPresent()) {
                ArrayNode point = points.addArray().add(event.step().get());
                if (event.kind() == JobEvent.Kind.STEP) {
                    point.add(event.loss().get()).addNull();
                } else {
                    point.addNull().add(event.loss().get());
                }
            }
        }
        return points;
    }
}
