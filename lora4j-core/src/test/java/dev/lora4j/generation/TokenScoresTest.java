package dev.lora4j.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.generation.TokenScores.Scored;
import org.junit.jupiter.api.Test;

class TokenScoresTest {
    /** Logarithms of these probabilities, all shifted by the same 3. */
    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (Math.log(probabilities[i]) + 3);
        }
        return logits;
    }

    @Test
    void logprobsAreOfTheWholeDistribution() {
        TokenScores scores = TokenScores.of(logits(0.1, 0.6, 0.3), 0, 2);
        assertThat(scores.token().id()).isZero();
        assertThat(scores.token().logprob()).isCloseTo(Math.log(0.1), within(1e-6)); // float logits
        assertThat(scores.likeliest()).extracting(Scored::id).containsExactly(1, 2);
        assertThat(scores.likeliest().get(1).logprob()).isCloseTo(Math.log(0.3), within(1e-6));
    }

    @Test
    void ofEqualTokensTheLowerIdIsFirst() {
        TokenScores scores = TokenScores.of(logits(0.2, 0.3, 0.3, 0.2), 2, 3);
        assertThat(scores.likeliest()).extracting(Scored::id).containsExactly(1, 2, 0);
    }

    @Test
    void noMoreAreToldThanThereAre() {
        assertThat(TokenScores.of(logits(0.5, 0.5), 1, 20).likeliest()).hasSize(2);
        assertThat(TokenScores.of(logits(0.5, 0.5), 1, 0).likeliest()).isEmpty();
    }
}
