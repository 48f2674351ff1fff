package dev.lora4j.server.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Chat with the base and an adapter side by side: one question, two answers, each as it is written. */
final class ChatPage {
    static final String PATH = "/web/chat";
    static final String ANSWER = "/web/chat/answer";
    static final String STOP = "/web/chat/stop";
    /** Characters of a question, and of what the models are told first. */
    static final int MAX_CHARS = 20_000;
    /** Tokens of an answer that a visitor may ask for; the server's own limits hold too. */
    static final int MAX_TOKENS = 4_096;

    private final Templates templates;
    private final Conversations conversations;
    private final boolean keys;

    ChatPage(Templates templates, Conversations conversations, boolean keys) {
        this.templates = templates;
        this.conversations = conversations;
        this.keys = keys;
    }

    List<PageRoute> routes(PageGuard guard) {
        return List.of(
                guard.get(PATH, this::page),
                guard.post(PATH, this::ask),
                guard.get(ANSWER, this::answer),
                guard.post(STOP, this::stop));
    }

    /** One of the models of a chat. */
    record Speaker(String role, String model) {}

    private static Workbench chatting(Visit visit) {
        Workbench workbench = visit.workbench();
        if (!workbench.mayInfer()) {
            throw new PageException(403, "This key may not chat; it needs the scope infer.");
        }
        if (!workbench.base().chats()) {
            throw new PageException(404, "The served base is an encoder: it makes embeddings and says nothing.");
        }
        return workbench;
    }

    private void page(Visit visit) {
        Workbench workbench = chatting(visit);
        List<String> adapters = Stream.concat(
                        workbench.adapters().stream().map(AdapterCard::name), workbench.onDisk().stream())
                .toList();
        String wanted = visit.query("adapter");
        Optional<String> adapter = adapters.stream()
                .filter(name -> wanted.isEmpty() || name.equals(wanted))
                .findFirst();
        if (adapter.isEmpty() && !wanted.isEmpty()) {
            throw new PageException(
                    404, "There is no adapter “" + Figures.shortened(wanted) + "”, or not for this key.");
        }
        List<String> models = new ArrayList<>(List.of(workbench.base().name()));
        adapter.ifPresent(models::add);
        Conversation conversation = conversations.open(workbench.visitor(), models);
        Frame frame = Frame.of(visit, "Chat", PATH, keys);
        visit.context()
                .html(templates.page(
                        "chat",
                        frame,
                        Map.of(
                                "conversation",
                                conversation.id(),
                                "speakers",
                                speakers(conversation),
                                "adapters",
                                adapters,
                                "settings",
                                ChatSettings.USUAL)));
    }

    private static List<Speaker> speakers(Conversation conversation) {
        List<Speaker> speakers = new ArrayList<>();
        for (String model : conversation.models()) {
            speakers.add(new Speaker(speakers.isEmpty() ? "Base" : "Adapter", model));
        }
        return speakers;
    }

    private void ask(Visit visit) {
        Workbench workbench = chatting(visit);
        Form form = Form.read(visit.context());
        String question = within(form, "question", "The question");
        if (question.isEmpty()) {
            throw new PageException(400, "The question is empty. Write something to both models.");
        }
        ChatSettings settings = new ChatSettings(
                within(form, "system", "The instruction"),
                form.number("temperature", "Temperature", 0, 2),
                form.integer("maxTokens", "Most tokens", 1, MAX_TOKENS));
        Conversation conversation = conversations.get(workbench.visitor(), form.text("conversation"));
        int turn = conversation.ask(workbench, question, settings);
        visit.context()
                .html(templates.fragment(
                        "turn",
                        Map.of(
                                "conversation",
                                conversation.id(),
                                "number",
                                turn,
                                "question",
                                question,
                                "speakers",
                                speakers(conversation))));
    }

    private static String within(Form form, String name, String label) {
        String text = form.text(name);
        if (text.length() > MAX_CHARS) {
            throw new PageException(
                    400,
                    label + " has " + Figures.count(text.length()) + " characters; at most " + Figures.count(MAX_CHARS)
                            + " are taken.");
        }
        return text;
    }

    private void stop(Visit visit) {
        Form form = Form.read(visit.context());
        conversations
                .get(visit.workbench().visitor(), form.text("conversation"))
                .stop();
        visit.context().status(204);
    }

    /** Streams one side's answer. What goes wrong is told in the stream: a browser hides the body of any other status. */
    private void answer(Visit visit) throws IOException {
        Conversation conversation = conversations.get(chatting(visit).visitor(), visit.query("conversation"));
        Turn turn = conversation.turn(number(visit.query("turn")));
        int side = number(visit.query("side"));
        if (side < 0 || side >= conversation.models().size()) {
            throw new PageException(404, "There is no such answer in this chat.");
        }
        EventWriter events = new EventWriter(visit.context().res());
        Optional<PendingAnswer> pending = turn.begin(side);
        if (pending.isEmpty()) {
            events.send("done", "Cut short: the connection was lost.");
            return;
        }
        try {
            PendingAnswer.Ending ending = pending.get().read(visit.context().req(), piece -> {
                turn.add(side, piece);
                events.send("piece", EventWriter.escaped(piece));
            });
            turn.end(side); // before the browser hears of it and asks again
            events.send("done", EventWriter.escaped(words(ending)));
        } catch (PageException e) {
            turn.end(side);
            events.send("done", templates.fragment("alert", Map.of("message", e.words())));
        } finally {
            turn.end(side);
        }
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
    }

    private static String words(PendingAnswer.Ending ending) {
        String tokens = ending.tokens() == 1 ? "1 token" : Figures.count(ending.tokens()) + " tokens";
        return switch (ending.reason()) {
            case COMPLETE -> tokens;
            case LENGTH -> tokens + ", cut at the limit";
            case STOPPED -> "Stopped";
        };
    }
}
