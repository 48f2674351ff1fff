package dev.lora4j.server.web;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A chat with one or two models at once, each of which knows its own answers only. Guarded by itself. */
final class Conversation {
    /** Turns of a conversation. */
    static final int MAX_TURNS = 50;

    private final String id;
    private final String visitor;
    private final List<String> models;
    private final List<Turn> turns = new ArrayList<>();

    Conversation(String id, String visitor, List<String> models) {
        this.id = id;
        this.visitor = visitor;
        this.models = List.copyOf(models);
    }

    String id() {
        return id;
    }

    boolean belongsTo(String name) {
        return visitor.equals(name);
    }

    List<String> models() {
        return models;
    }

    /**
     * Asks all models.
     *
     * @return the number of the turn, from 0
     * @throws PageException if the last answers are not done yet, or there have been too many turns
     */
    synchronized int ask(Workbench workbench, String question, ChatSettings settings) {
        if (!turns.isEmpty() && !turns.get(turns.size() - 1).isDone()) {
            throw new PageException(409, "The answers are still being written. Wait for them, or stop them.");
        }
        if (turns.size() >= MAX_TURNS) {
            throw new PageException(
                    409, "This chat has " + MAX_TURNS + " questions, which is the most. Start a new one.");
        }
        List<PendingAnswer> answers = IntStream.range(0, models.size())
                .mapToObj(side -> workbench.ask(new ChatQuestion(
                        models.get(side),
                        settings.system(),
                        before(side),
                        question,
                        settings.temperature(),
                        settings.maxTokens())))
                .toList();
        turns.add(new Turn(question, answers));
        return turns.size() - 1;
    }

    private List<Exchange> before(int side) {
        return turns.stream()
                .map(turn -> turn.exchange(side))
                .filter(exchange -> !exchange.answer().isEmpty())
                .toList();
    }

    /** One of its turns. */
    synchronized Turn turn(int number) {
        if (number < 0 || number >= turns.size()) {
            throw new PageException(404, "There is no such question in this chat.");
        }
        return turns.get(number);
    }

    /** Ends what is being written. */
    synchronized void stop() {
        turns.forEach(Turn::stop);
    }
}
