package dev.lora4j.server.web;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signing in with a key, and out. */
final class SignInPage {
    static final String PATH = "/web/sign-in";
    static final String OUT = "/web/sign-out";

    private final Entrance entrance;
    private final Sessions sessions;
    private final Templates templates;

    SignInPage(Entrance entrance, Sessions sessions, Templates templates) {
        this.entrance = entrance;
        this.sessions = sessions;
        this.templates = templates;
    }

    List<PageRoute> routes(PageGuard guard) {
        return List.of(
                guard.open(HandlerType.GET, PATH, context -> show(context, "")),
                guard.open(HandlerType.POST, PATH, this::signIn),
                guard.open(HandlerType.POST, OUT, this::signOut));
    }

    private void show(Context context, String problem) {
        if (!entrance.asksForKeys()) {
            context.redirect(WebPage.HOME, HttpStatus.SEE_OTHER);
            return;
        }
        context.html(templates.page("signIn", Frame.outside("Sign in"), Map.of("problem", problem)));
    }

    private void signIn(Context context) {
        String key = Form.read(context).text("key");
        if (entrance.enter(context, Optional.of(key)).isEmpty()) {
            context.status(401);
            show(context, "This is none of the server’s keys. Look whether all of it was pasted.");
            return;
        }
        SessionCookie.read(context).ifPresent(sessions::close);
        SessionCookie.write(context, sessions.open(key));
        context.redirect(WebPage.HOME, HttpStatus.SEE_OTHER);
    }

    private void signOut(Context context) {
        SessionCookie.read(context).ifPresent(sessions::close);
        SessionCookie.clear(context);
        context.redirect(PATH, HttpStatus.SEE_OTHER);
    }
}
