package dev.lora4j.server;

import java.time.Duration;

/**
 * What the server takes at most; docs/serving.md has the table.
 *
 * @param running sequences that advance together
 * @param queued sequences that wait; further requests get 429
 * @param choices sequences that one request may ask for
 * @param contextTokens prompt and new tokens of a sequence; the model's own limit holds too
 * @param cacheTokens prompt and new tokens of all running sequences, which is what their caches have room for
 * @param chatTokens new tokens of a chat that does not say how many it wants
 * @param unread events that wait for a client that does not read; then its request is cancelled
 * @param bodyBytes of a request
 * @param connections open at a time
 * @param idle time without a byte after which a connection is cut
 * @param drain time that running requests get to finish once the server is told to stop
 * @param adapters names that can be registered
 * @param adapterBytes of an adapter's weights on disk
 */
public record Limits(
        int running,
        int queued,
        int choices,
        int contextTokens,
        int cacheTokens,
        int chatTokens,
        int unread,
        int bodyBytes,
        int connections,
        Duration idle,
        Duration drain,
        int adapters,
        long adapterBytes) {
    /** Stop strings of a request, as in OpenAI's API. */
    static final int STOPS = 4;
    /** Characters of a stop string. */
    static final int STOP_CHARS = 1_000;
    /** Tokens of a request's logit_bias. */
    static final int BIASES = 1_024;
    /** Likeliest tokens told with each token of a chat, as in OpenAI's API. */
    static final int CHAT_LOGPROBS = 20;
    /** The same of a completion. */
    static final int COMPLETION_LOGPROBS = 5;
    /** Functions of a chat, as in OpenAI's API. */
    static final int TOOLS = 128;
    /** Bytes of the headers of a request. */
    static final int HEADER_BYTES = 16 << 10;
    /** Time that the whole body of a request may take to come. */
    static final Duration BODY_TIME = Duration.ofSeconds(60);

    /** Checks that nothing is zero or less, and that a request fits the queue. */
    public Limits {
        require(running, "running");
        require(queued, "queued");
        require(choices, "choices");
        require(contextTokens, "context-tokens");
        require(cacheTokens, "cache-tokens");
        require(chatTokens, "chat-tokens");
        require(unread, "unread");
        require(bodyBytes, "body-bytes");
        require(connections, "connections");
        require(idle.toMillis(), "idle");
        require(drain.toMillis(), "drain");
        require(adapters, "adapters");
        require(adapterBytes, "adapter-bytes");
        choices = Math.min(choices, queued);
    }

    private static void require(long value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException("the limit " + name + " is " + value + ", expected 1 or more");
        }
    }

    /** What holds when nobody says otherwise. */
    public static Limits defaults() {
        return new Limits(
                16,
                256,
                64,
                8_192,
                16_384,
                1_024,
                4_096,
                4 << 20,
                512,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                1_000,
                4L << 30);
    }

    /** The same with others for the engine. */
    public Limits withEngine(int newRunning, int newQueued, int newContextTokens, int newCacheTokens) {
        return new Limits(
                newRunning,
                newQueued,
                choices,
                newContextTokens,
                newCacheTokens,
                chatTokens,
                unread,
                bodyBytes,
                connections,
                idle,
                drain,
                adapters,
                adapterBytes);
    }

    /** The same with another size of bodies. */
    public Limits withBodyBytes(int bytes) {
        return new Limits(
                running,
                queued,
                choices,
                contextTokens,
                cacheTokens,
                chatTokens,
                unread,
                bytes,
                connections,
                idle,
                drain,
                adapters,
                adapterBytes);
    }

    /** The same with other limits on connections. */
    public Limits withConnections(int most, Duration longestIdle) {
        return new Limits(
                running,
                queued,
                choices,
                contextTokens,
                cacheTokens,
                chatTokens,
                unread,
                bodyBytes,
                most,
                longestIdle,
                drain,
                adapters,
                adapterBytes);
    }

    /** The same with another time to finish. */
    public Limits withDrain(Duration time) {
        return new Limits(
                running,
                queued,
                choices,
                contextTokens,
                cacheTokens,
                chatTokens,
                unread,
                bodyBytes,
                connections,
                idle,
                time,
                adapters,
                adapterBytes);
    }
}
