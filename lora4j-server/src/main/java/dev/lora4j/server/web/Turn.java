package dev.lora4j.server.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A question and the answers to it, one for each model of its conversation. Answers are each read by one thread and seen by
 * others; guarded by itself.
 */
final class Turn {
    private final String question;
    private final List<Side> sides = new ArrayList<>();

    /** One model's answer. */
    private static final class Side {
        private Optional<PendingAnswer> answer; // until it has ended: it holds all that went before
        private final StringBuilder text = new StringBuilder();
        private boolean begun;
        private boolean ended;

        Side(PendingAnswer answer) {
            this.answer = Optional.of(answer);
        }

        private void end() {
            ended = true;
            answer = Optional.empty();
        }
    }

    Turn(String question, List<PendingAnswer> answers) {
        this.question = question;
        answers.forEach(answer -> sides.add(new Side(answer)));
    }

    /** The answer of a side for the one who asks first; later ones get none. */
    synchronized Optional<PendingAnswer> begin(int side) {
        if (sides.get(side).begun) {
            return Optional.empty();
        }
        sides.get(side).begun = true;
        return sides.get(side).answer;
    }

    synchronized void add(int side, String piece) {
        sides.get(side).text.append(piece);
    }

    synchronized void end(int side) {
        sides.get(side).end();
    }

    /** True if nothing is written any more. */
    synchronized boolean isDone() {
        return sides.stream().allMatch(side -> side.ended);
    }

    /** What one model was asked and has said. */
    synchronized Exchange exchange(int side) {
        return new Exchange(question, sides.get(side).text.toString());
    }

    /** Ends what is still written; what nobody has begun to read is over too. */
    synchronized void stop() {
        IntStream.range(0, sides.size()).forEach(i -> {
            Side side = sides.get(i);
            side.answer.ifPresent(PendingAnswer::stop);
            if (!side.begun) {
                side.begun = true;
                side.end();
            }
        });
    }
}
