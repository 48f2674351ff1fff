package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whichever library multiplies, the product is that of the definition, summed in double precision. */
class ProductsTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest(name = "{0} rows, {1} columns, {2} summands")
    @CsvSource({"1, 64, 96", "1, 5, 3", "7, 64, 96", "40, 48, 200", "3, 31, 64"})
    void productsAreThoseOfTheDefinition(int rows, int columns, int inner) {
        Tensor x = Random.normal(1, 1, rows, inner);
        Tensor w = Random.normal(2, 1, columns, inner);
        Tensor bias = Random.normal(3, 1, columns);
        double[] exact = multiplied(x, w);
        requireEqual(new Tensor(Products.transposed(x.at(), w.at(), null)), exact);
        requireEqual(new Tensor(Products.product(x.at(), w.at().t())), exact);
        Tensor laidOut = FrozenMatrix.laidOut(w);
        assertThat(laidOut.toDoubles()).containsExactly(w.toDoubles());
        requireEqual(new Tensor(Products.transposed(x.at(), laidOut.at(), null)), exact);
        double[] shifts = bias.toDoubles();
        double[] shifted = exact.clone();
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] += shifts[i % columns];
        }
        requireEqual(new Tensor(Products.transposed(x.at(), w.at(), bias.at())), shifted);
        Tensor sum = Tensor.zeros(DType.F32, rows, columns).plus(bias);
        Products.add(sum.at(), x.at(), w.at().t());
        requireEqual(sum, shifted);
    }

    @Test
    void oneDnnMultipliesWhereItIsThere() {
        Tensor x = Random.normal(4, 1, 9, 70);
        Tensor w = Random.normal(5, 1, 33, 70);
        if (org.bytedeco.pytorch.global.torch.hasMKLDNN()) {
            requireEqual(new Tensor(OneDnn.transposed(x.at(), w.at(), null)), multiplied(x, w));
        } else {
            assertThat(OneDnn.isUsed()).isFalse();
        }
    }

    /** x wᵀ in double precision. */
    private static double[] multiplied(Tensor x, Tensor w) {
        int inner = (int) x.size(1);
        int columns = (int) w.size(0);
        double[] left = x.toDoubles();
        double[] right = w.toDoubles();
        double[] products = new double[(int) x.size(0) * columns];
        for (int i = 0; i < products.length; i++) {
            for (int k = 0; k < inner; k++) {
                products[i] += left[i / columns * inner + k] * right[i % columns * inner + k];
            }
        }
        return products;
    }

    private static void requireEqual(Tensor found, double[] expected) {
        assertThat(found.toDoubles()).containsExactly(expected, within(1e-4));
    }
}
