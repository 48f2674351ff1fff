package dev.lora4j.server.web;

import dev.lora4j.server.finetuning.RefusedException;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before every part of the page: who is let in, from where a post may come, what the browser may load, and how
 * errors are shown. Safe for any number of threads.
 */
final class PageGuard {
    /** No script or style but the page's own files, and nobody may frame it (CSP level 3). */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Logger LOG = LoggerFactory.getLogger(PageGuard.class);

    private final Entrance entrance;
    private final Sessions sessions;
    private final Templates templates;

    PageGuard(Entrance entrance, Sessions sessions, Templates templates) {
        this.entrance = entrance;
        this.sessions = sessions;
        this.templates = templates;
    }

    /** A way to a page for those who are let in; others are sent to sign in. */
    PageRoute get(String path, PageHandler handler) {
        return new PageRoute(HandlerType.GET, path, guarded(letIn(handler)));
    }

    /** A way to change something, for those who are let in and come from the page itself. */
    PageRoute post(String path, PageHandler handler) {
        return new PageRoute(HandlerType.POST, path, guarded(letIn(handler)));
    }

    /** A way for those who have not signed in; posts must come from the page itself all the same. */
    PageRoute open(HandlerType method, String path, Handler handler) {
        return new PageRoute(method, path, guarded(handler));
    }

    private Handler letIn(PageHandler handler) {
        return context -> {
            Optional<Workbench> workbench = workbench(context);
            if (workbench.isPresent()) {
                handler.handle(new Visit(context, workbench.get()));
            } else if (isFragment(context)) {
                context.status(401).header("HX-Redirect", SignInPage.PATH);
            } else {
                context.redirect(SignInPage.PATH, HttpStatus.SEE_OTHER);
            }
        };
    }

    private Optional<Workbench> workbench(Context context) {
        if (!entrance.asksForKeys()) {
            return entrance.enter(context, Optional.empty());
        }
        return SessionCookie.read(context)
                .flatMap(sessions::key)
                .flatMap(key -> entrance.enter(context, Optional.of(key)));
    }

    private Handler guarded(Handler handler) {
        return context -> {
            context.header("Content-Security-Policy", POLICY);
            context.header("X-Content-Type-Options", "nosniff");
            context.header("Referrer-Policy", "same-origin");
            context.header("Cross-Origin-Opener-Policy", "same-origin");
            context.header("Cache-Control", "no-store");
            try {
                requireOwn(context);
                handler.handle(context);
            } catch (PageException e) {
                show(context, e);
            } catch (RefusedException e) {
                show(context, refusal(e));
            } catch (IOException e) {
                LOG.debug("the browser has gone: {}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("the page failed at {}", context.path(), e);
                show(context, new PageException(500, "Something went wrong in the server; its log has more."));
            }
        };
    }

    private static PageException refusal(RefusedException refused) {
        int status = switch (refused.reason()) {
            case NOT_FOUND -> 404;
            case TOO_LARGE -> 413;
            case FULL -> 429;
            case INVALID, UNSUPPORTED -> 400;
        };
        return new PageException(status, String.valueOf(refused.getMessage()));
    }

    private void requireOwn(Context context) {
        if (!entrance.asksForKeys() && !SameOrigin.namesThisMachine(context)) {
            throw new PageException(
                    403, "Without keys the page is for this machine alone. Open it as http://127.0.0.1 or localhost.");
        }
        if (context.method().equals(HandlerType.POST) && !SameOrigin.mayPass(context)) {
            throw new PageException(
                    403, "This was sent by another site, or by no page at all. Send it from this page.");
        }
    }

    private static boolean isFragment(Context context) {
        return "true".equals(context.header("HX-Request"));
    }

    private void show(Context context, PageException problem) {
        if (context.res().isCommitted()) {
            return;
        }
        context.status(problem.status());
        if (isFragment(context)) {
            context.header("HX-Retarget", "#problem").header("HX-Reswap", "innerHTML");
            context.html(templates.fragment("alert", Map.of("message", problem.words())));
        } else {
            context.html(templates.page("problem", Frame.outside("Not done"), Map.of("message", problem.words())));
        }
    }
}
