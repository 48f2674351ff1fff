package dev.lora4j.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Factors are float32, so 1e-5 is some tens of their roundings. */
class SubspaceSimilarityTest {
    private static final double ROUNDING = 1e-5;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static LowRank pair(long key, int rank) {
        return new LowRank(Random.normal(key, 1, rank, 20), Random.normal(key + 1, 1, 15, rank), 2);
    }

    /** A whose directions are those of its rows, which are orthogonal and the longest first. */
    private static LowRank reading(float... rows) {
        int rank = rows.length / 3;
        return new LowRank(Tensor.of(rows, rank, 3), Tensor.zeros(DType.F32, 1, rank), 1);
    }

    @Test
    void twoPlanesThatShareADiagonalAreAsWorkedByHand() {
        LowRank first = reading(2, 0, 0, 0, 1, 0); // e1, e2
        LowRank second = reading(2, 2, 0, 0, 0, 1); // (e1 + e2) / √2, e3
        SubspaceSimilarity phi = SubspaceSimilarity.of(Directions.ofA(first), Directions.ofA(second));
        assertThat(phi.at(1, 1)).isCloseTo(0.5, within(ROUNDING));
        assertThat(phi.at(1, 2)).isCloseTo(0.5, within(ROUNDING));
        assertThat(phi.at(2, 1)).isCloseTo(1, within(ROUNDING));
        assertThat(phi.at(2, 2)).isCloseTo(0.5, within(ROUNDING));
        assertThat(phi.ofAll()).isEqualTo(phi.at(2, 2));
    }

    @Test
    void orthogonalSubspacesShareNothing() {
        SubspaceSimilarity phi =
                SubspaceSimilarity.of(Directions.ofA(reading(2, 0, 0, 0, 1, 0)), Directions.ofA(reading(0, 0, 3)));
        assertThat(phi.values()).isEqualTo(List.of(List.of(0.0), List.of(0.0)));
    }

    @Test
    void aSubspaceLiesWhollyInItself() {
        Directions directions = Directions.ofB(pair(1, 6));
        SubspaceSimilarity phi = SubspaceSimilarity.of(directions, directions);
        for (int i = 1; i <= 6; i++) {
            for (int j = 1; j <= 6; j++) {
                assertThat(phi.at(i, j)).isCloseTo(1, within(ROUNDING));
            }
        }
    }

    @Test
    void itIsBetweenNothingAndAllAndTheSameFromBothSides() {
        for (long key = 10; key < 20; key++) {
            Directions left = Directions.ofChange(pair(key, 3));
            Directions right = Directions.ofChange(pair(100 + key, 7));
            SubspaceSimilarity phi = SubspaceSimilarity.of(left, right);
            SubspaceSimilarity turned = SubspaceSimilarity.of(right, left);
            for (int i = 1; i <= 3; i++) {
                for (int j = 1; j <= 7; j++) {
                    assertThat(phi.at(i, j)).isBetween(0.0, 1.0).isCloseTo(turned.at(j, i), within(ROUNDING));
                }
            }
        }
    }

    /** (B R)(Rᵀ A) is the same change, though A and B are others. */
    @Test
    void aRotationOfTheRankSpaceChangesNothing() {
        LowRank pair = pair(30, 4);
        Tensor rotation = Decompositions.qr(Random.normal(31, 1, 4, 4)).q();
        LowRank rotated = new LowRank(
                rotation.transpose(0, 1).matmul(pair.a()).contiguous(), pair.b().matmul(rotation), 2);
        Directions other = Directions.ofA(pair(32, 5));
        assertThat(rotated.a().toFloats()).isNotEqualTo(pair.a().toFloats());
        assertSame(
                SubspaceSimilarity.of(Directions.ofA(rotated), other),
                SubspaceSimilarity.of(Directions.ofA(pair), other));
        assertSame(
                SubspaceSimilarity.of(Directions.ofChange(rotated), other),
                SubspaceSimilarity.of(Directions.ofChange(pair), other));
    }

    private static void assertSame(SubspaceSimilarity found, SubspaceSimilarity expected) {
        for (int i = 1; i <= expected.values().size(); i++) {
            for (int j = 1; j <= expected.values().get(0).size(); j++) {
                assertThat(found.at(i, j)).isCloseTo(expected.at(i, j), within(1e-4)); // near values may mix
            }
        }
    }

    /** E‖U₁ᵀU₂‖² = i·j / n; the mean of 40 draws of 8·8 squares of 1 / 100 each is within 0.01 of 8 / 100. */
    @Test
    void randomSubspacesShareAsMuchAsTheyMustOnAverage() {
        double sum = 0;
        for (long key = 0; key < 40; key++) {
            sum += SubspaceSimilarity.of(Directions.random(100, 8, key), Directions.random(100, 8, 1000 + key))
                    .ofAll();
        }
        assertThat(sum / 40).isCloseTo(0.08, within(0.01));
    }

    @Test
    void directionsThatAreRoundingAreLeftOut() {
        LowRank twice = reading(1, 2, 3, 2, 4, 6); // the second row is twice the first
        assertThat(Directions.ofA(twice).count()).isEqualTo(1);
        assertThat(Directions.ofChange(twice).count()).isZero(); // B is zero
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        Directions some = Directions.ofA(pair(1, 2));
        assertThatThrownBy(() -> SubspaceSimilarity.of(some, Directions.ofB(pair(1, 2))))
                .hasMessageContaining("20 dimensions, the other of 15");
        assertThatThrownBy(() -> SubspaceSimilarity.of(some, Directions.ofA(reading(0, 0, 0))))
                .hasMessageContaining("20 dimensions");
        assertThatThrownBy(
                        () -> SubspaceSimilarity.of(Directions.ofA(reading(0, 0, 0)), Directions.ofA(reading(1, 0, 0))))
                .hasMessageContaining("a matrix of zeros has no directions");
    }
}
