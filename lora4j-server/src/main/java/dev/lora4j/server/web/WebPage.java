package dev.lora4j.server.web;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The page in the browser, as the routes that make it. Safe for any number of threads. */
public final class WebPage {
    static final String HOME = "/";

    private final List<PageRoute> routes;

    private WebPage(Entrance entrance, Clock clock) {
        PageAssets assets = new PageAssets();
        Templates templates = new Templates(assets);
        Sessions sessions = new Sessions(clock);
        PageGuard guard = new PageGuard(entrance, sessions, templates);
        boolean keys = entrance.asksForKeys();
        List<PageRoute> all = new ArrayList<>(assets.routes());
        all.addAll(new SignInPage(entrance, sessions, templates).routes(guard));
        all.addAll(new AdaptersPage(templates, keys).routes(guard));
        all.addAll(new TrainingPage(templates, keys).routes(guard));
        all.addAll(new JobPage(templates, keys).routes(guard));
        all.addAll(new ChatPage(templates, new Conversations(), keys).routes(guard));
        this.routes = List.copyOf(all);
    }

    /** The page over what the entrance leads to. */
    public static WebPage of(Entrance entrance, Clock clock) {
        return new WebPage(entrance, clock);
    }

    /** Every path of the page. */
    public List<PageRoute> routes() {
        return routes;
    }
}
