package dev.lora4j.server.web;

import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.Hyperparameters;
import dev.lora4j.server.finetuning.JobRequest;
import dev.lora4j.server.finetuning.StoredFile;
import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Files to learn from, a form that begins a job, and the jobs. */
final class TrainingPage {
    static final String PATH = "/web/training";
    static final String FILES = "/web/training/files";
    static final String JOBS = "/web/training/jobs";

    private static final double LEAST_MULTIPLIER = 0.001;

    private final Templates templates;
    private final boolean keys;

    TrainingPage(Templates templates, boolean keys) {
        this.templates = templates;
        this.keys = keys;
    }

    List<PageRoute> routes(PageGuard guard) {
        return List.of(
                guard.get(PATH, this::page),
                guard.post(FILES, this::upload),
                guard.get(JOBS, this::list),
                guard.post(JOBS, this::create));
    }

    /** The visitor's fine-tuning. */
    static TrainingDesk desk(Visit visit) {
        return visit.workbench()
                .training()
                .orElseThrow(() -> new PageException(
                        403, "There is no fine-tuning here: the server does none, or this key lacks the scope train."));
    }

    private void page(Visit visit) {
        TrainingDesk desk = desk(visit);
        Frame frame = Frame.of(visit, "Fine-tuning", PATH, keys);
        List<StoredFile> files = desk.files();
        String chosen = visit.query("file").isEmpty()
                ? files.stream().findFirst().map(StoredFile::id).orElse("")
                : visit.query("file");
        visit.context()
                .html(templates.page("training", frame, Map.of("files", files, "chosen", chosen, "jobs", views(desk))));
    }

    private static List<JobView> views(TrainingDesk desk) {
        return desk.jobs().stream().map(job -> JobView.of(desk, job)).toList();
    }

    private void list(Visit visit) {
        visit.context().html(templates.fragment("jobs", Map.of("jobs", views(desk(visit)))));
    }

    private void upload(Visit visit) {
        StoredFile file = desk(visit).upload(visit.context());
        lead(visit, PATH + "?file=" + Figures.query(file.id()));
    }

    private void create(Visit visit) {
        TrainingDesk desk = desk(visit);
        Form form = Form.read(visit.context());
        if (form.text("rows").isEmpty()) {
            throw new PageException(400, "No file is chosen. Upload one with rows to learn from first.");
        }
        FineTuningJob job = desk.create(new JobRequest(
                visit.workbench().base().name(),
                form.text("rows"),
                given(form, "validation"),
                given(form, "suffix"),
                given(form, "seed").isPresent()
                        ? OptionalLong.of(form.integer("seed", "Seed", 0, Integer.MAX_VALUE))
                        : OptionalLong.empty(),
                Map.of(),
                hyperparameters(form)));
        lead(visit, JobPage.PATH + "?id=" + Figures.query(job.id()));
    }

    private static Hyperparameters hyperparameters(Form form) {
        return new Hyperparameters(
                given(form, "epochs").map(text -> form.integer("epochs", "Epochs", 1, Hyperparameters.MAX_EPOCHS)),
                given(form, "batch").map(text -> form.integer("batch", "Rows a step", 1, Hyperparameters.MAX_BATCH)),
                given(form, "rate")
                        .map(text -> form.number(
                                "rate", "Learning rate times", LEAST_MULTIPLIER, Hyperparameters.MAX_MULTIPLIER)));
    }

    private static Optional<String> given(Form form, String name) {
        return Optional.of(form.text(name)).filter(text -> !text.isEmpty());
    }

    /** Leads a browser to another page, whether a script has sent its form or not. */
    static void lead(Visit visit, String path) {
        if (visit.wantsFragment()) {
            visit.context().status(204).header("HX-Redirect", path);
        } else {
            visit.context().redirect(path, HttpStatus.SEE_OTHER);
        }
    }
}
