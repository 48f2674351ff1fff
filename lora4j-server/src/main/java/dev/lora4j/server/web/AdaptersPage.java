package dev.lora4j.server.web;

import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.Map;

/** What is served: the base and the adapters over it, and how much each is asked. */
final class AdaptersPage {
    static final String TABLE = "/web/adapters";

    private final Templates templates;
    private final boolean keys;

    AdaptersPage(Templates templates, boolean keys) {
        this.templates = templates;
        this.keys = keys;
    }

    List<PageRoute> routes(PageGuard guard) {
        return List.of(guard.get(WebPage.HOME, this::page), guard.get(TABLE, this::table));
    }

    private static Map<String, Object> values(Visit visit) {
        if (!visit.workbench().mayInfer()) {
            throw new PageException(403, "This key may not see models; it needs the scope infer.");
        }
        return Map.of(
                "base",
                visit.workbench().base(),
                "adapters",
                visit.workbench().adapters(),
                "onDisk",
                visit.workbench().onDisk());
    }

    private void page(Visit visit) {
        if (!visit.workbench().mayInfer() && visit.workbench().training().isPresent()) {
            visit.context().redirect(TrainingPage.PATH, HttpStatus.SEE_OTHER);
            return;
        }
        Frame frame = Frame.of(visit, "Adapters", WebPage.HOME, keys);
        visit.context().html(templates.page("adapters", frame, values(visit)));
    }

    private void table(Visit visit) {
        visit.context().html(templates.fragment("adapterTable", values(visit)));
    }
}
