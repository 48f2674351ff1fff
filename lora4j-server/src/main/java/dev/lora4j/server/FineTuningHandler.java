package dev.lora4j.server;

import dev.lora4j.server.finetuning.FineTunedModels;
import dev.lora4j.server.finetuning.FineTuning;
import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.FineTuningJobs;
import io.javalin.http.Context;

/** {@code /v1/fine_tuning/jobs}, and {@code DELETE /v1/models/NAME} for what came of them. */
final class FineTuningHandler {
    private static final int JOBS = 20;
    private static final int CHECKPOINTS = 10;
    private static final int MOST = 1000;

    private final FineTuningJobs jobs;
    private final FineTunedModels models;
    private final ServedModels served;
    private final Limits limits;

    FineTuningHandler(FineTuning fineTuning, ServedModels served, Limits limits) {
        this.jobs = fineTuning.jobs();
        this.models = fineTuning.models();
        this.served = served;
        this.limits = limits;
    }

    private void answer(Context context, FineTuningJob job) {
        Responses.json(context, 200, JobObject.of(job, jobs.estimatedFinish(job)));
    }

    void create(Context context) {
        Caller caller = Caller.of(context);
        var request = JobBody.read(RequestBody.fields(context, limits));
        if (!caller.mayUse(served, request.model())) {
            throw ApiError.modelNotFound(ServedModels.shortened(request.model()));
        }
        answer(context, jobs.create(caller.account(), request));
    }

    void list(Context context) {
        Responses.json(
                context,
                200,
                JobObject.ObjectList.of(
                        jobs.list(
                                Caller.of(context).account(),
                                ListQuery.pairs(context, "metadata"),
                                ListQuery.text(context, "after"),
                                ListQuery.limit(context, JOBS, MOST)),
                        job -> JobObject.of(job, jobs.estimatedFinish(job))));
    }

    void get(Context context) {
        answer(context, jobs.get(Caller.of(context).account(), context.pathParam("id")));
    }

    void cancel(Context context) {
        answer(context, jobs.cancel(Caller.of(context).account(), context.pathParam("id")));
    }

    void pause(Context context) {
        answer(context, jobs.pause(Caller.of(context).account(), context.pathParam("id")));
    }

    void resume(Context context) {
        answer(context, jobs.resume(Caller.of(context).account(), context.pathParam("id")));
    }

    void events(Context context) {
        Responses.json(
                context,
                200,
                JobObject.ObjectList.of(
                        jobs.events(
                                Caller.of(context).account(),
                                context.pathParam("id"),
                                ListQuery.text(context, "after"),
                                ListQuery.limit(context, JOBS, MOST)),
                        JobObject.EventObject::of));
    }

    void checkpoints(Context context) {
        Responses.json(
                context,
                200,
                JobObject.ObjectList.of(jobs.checkpoints(
                        Caller.of(context).account(),
                        context.pathParam("id"),
                        ListQuery.text(context, "after"),
                        ListQuery.limit(context, CHECKPOINTS, MOST))));
    }

    void deleteModel(Context context) {
        String name = context.pathParam("id");
        models.delete(Caller.of(context).account(), name);
        Responses.json(context, 200, new FilesHandler.Deleted(name, "model", true));
    }
}
