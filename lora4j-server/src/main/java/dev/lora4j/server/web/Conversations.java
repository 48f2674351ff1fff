package dev.lora4j.server.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The chats that go on, in memory alone. Guarded by itself. */
final class Conversations {
    /** Chats at a time; one more ends the one that was quiet longest. */
    static final int MAX = 100;

    private final Map<String, Conversation> conversations = new LinkedHashMap<>(16, 0.75f, true);

    synchronized Conversation open(String visitor, List<String> models) {
        Conversation opened = new Conversation(UUID.randomUUID().toString(), visitor, models);
        conversations.put(opened.id(), opened);
        if (conversations.size() > MAX) {
            Conversation quietest = conversations.values().iterator().next();
            conversations.remove(quietest.id());
            quietest.stop();
        }
        return opened;
    }

    /**
     * A visitor's own chat.
     *
     * @throws PageException if there is none
     */
    synchronized Conversation get(String visitor, String id) {
        Conversation found = conversations.get(id);
        if (found == null || !found.belongsTo(visitor)) {
            throw new PageException(404, "This chat is over: the server has forgotten it. Start a new one.");
        }
        return found;
    }
}
