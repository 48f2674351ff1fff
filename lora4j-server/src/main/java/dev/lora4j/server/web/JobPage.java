package dev.lora4j.server.web;

import dev.lora4j.server.finetuning.JobEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** One job: how far it is, its losses as they come, and what can be done with it. */
final class JobPage {
    static final String PATH = "/web/training/job";
    static final String NEWS = "/web/training/job/news";
    /** Pages that follow jobs at a time; each holds a thread. */
    static final int FOLLOWERS = 32;
    /** Events of the job as a whole that are shown. */
    static final int SHOWN_EVENTS = 30;

    private static final int READ_EVENTS = 500;

    private final Templates templates;
    private final boolean keys;
    private final Semaphore followers = new Semaphore(FOLLOWERS);

    JobPage(Templates templates, boolean keys) {
        this.templates = templates;
        this.keys = keys;
    }

    List<PageRoute> routes(PageGuard guard) {
        return List.of(
                guard.get(PATH, this::page),
                guard.get(NEWS, this::news),
                guard.post(PATH + "/cancel", visit -> change(visit, TrainingDesk::cancel)),
                guard.post(PATH + "/pause", visit -> change(visit, TrainingDesk::pause)),
                guard.post(PATH + "/resume", visit -> change(visit, TrainingDesk::resume)));
    }

    private void page(Visit visit) {
        TrainingDesk desk = TrainingPage.desk(visit);
        JobView view = JobView.of(desk, desk.job(visit.query("id")));
        Frame frame = Frame.of(visit, view.title(), TrainingPage.PATH, keys);
        visit.context()
                .html(templates.page(
                        "job",
                        frame,
                        Map.of(
                                "view", view,
                                "events", messages(desk, view),
                                "checkpoints", desk.checkpoints(view.job().id()))));
    }

    /** What has happened to the job as a whole, the newest first. */
    static List<JobEvent> messages(TrainingDesk desk, JobView view) {
        return desk.events(view.job().id(), Optional.empty(), READ_EVENTS).data().stream()
                .filter(event -> !event.isMetrics())
                .limit(SHOWN_EVENTS)
                .toList();
    }

    /** Does something with a job. */
    @FunctionalInterface
    private interface Change {
        void apply(TrainingDesk desk, String id);
    }

    private void change(Visit visit, Change change) {
        String id = Form.read(visit.context()).text("id");
        change.apply(TrainingPage.desk(visit), id);
        TrainingPage.lead(visit, PATH + "?id=" + Figures.query(id));
    }

    private void news(Visit visit) throws IOException {
        TrainingDesk desk = TrainingPage.desk(visit);
        String id = desk.job(visit.query("id")).id();
        if (!followers.tryAcquire()) {
            throw new PageException(503, "Too many pages follow jobs. Reload this one to see how far it is.");
        }
        try {
            new JobNews(desk, id, templates, new EventWriter(visit.context().res())).tell();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops
        } finally {
            followers.release();
        }
    }
}
