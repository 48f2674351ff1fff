package dev.lora4j.server.web;

import java.util.ArrayList;
import java.util.List;

/**
 * What is around the content of every page.
 *
 * @param title of the page
 * @param base the served model's name; empty before sign-in
 * @param visitor name of the key in use; empty if there is none
 * @param links to the pages that the visitor may see
 */
record Frame(String title, String base, String visitor, List<Link> links) {
    /** The title of one who is not let in. */
    static Frame outside(String title) {
        return new Frame(title, "", "", List.of());
    }

    /**
     * A link of the navigation.
     *
     * @param here whether it leads to the page that is shown
     */
    record Link(String path, String label, boolean here) {}

    static Frame of(Visit visit, String title, String path, boolean keys) {
        Workbench workbench = visit.workbench();
        List<Link> links = new ArrayList<>();
        if (workbench.mayInfer()) {
            links.add(new Link(WebPage.HOME, "Adapters", path.equals(WebPage.HOME)));
            if (workbench.base().chats()) {
                links.add(new Link(ChatPage.PATH, "Chat", path.equals(ChatPage.PATH)));
            }
        }
        if (workbench.training().isPresent()) {
            links.add(new Link(TrainingPage.PATH, "Fine-tuning", path.equals(TrainingPage.PATH)));
        }
        return new Frame(title, workbench.base().name(), keys ? workbench.visitor() : "", links);
    }
}
