package dev.lora4j.model;

/**
 * Rotary frequencies of one kind of layer (transformers' {@code ROPE_INIT_FUNCTIONS}).
 *
 * <pre>
 * default: f[i] = θ^(−2i/d)
 * linear:  f[i] / factor
 * llama3:  wavelengths above original/low are divided by factor, below original/high kept, between them blended
 * </pre>
 *
 * <p>Computed in float32, as transformers does.
 */
final class Rope {
    private final float[] frequencies;

    private Rope(float[] frequencies) {
        this.frequencies = frequencies;
    }

    /**
     * Reads the parameters of one kind of layer.
     *
     * @param parameters {@code rope_parameters} of transformers 5, or a merged view of older keys
     */
    static Rope of(ConfigReader parameters, double theta, int headDim) {
        String type = parameters.text("rope_type", parameters.text("type", "default"));
        float[] frequencies = plain(theta, headDim);
        switch (type) {
            case "default" -> {}
            case "linear" -> {
                float factor = (float) parameters.positive("factor", 1);
                for (int i = 0; i < frequencies.length; i++) {
                    frequencies[i] /= factor;
                }
            }
            case "llama3" -> scaleLlama3(frequencies, parameters);
            default ->
                throw new UnsupportedModelException(parameters.model() + ": rotary scaling \"" + type
                        + "\" is not supported; expected default, linear or llama3");
        }
        return new Rope(frequencies);
    }

    private static float[] plain(double theta, int headDim) {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / headDim;
            frequencies[i] = 1f / (float) Math.pow(theta, exponent);
        }
        return frequencies;
    }

    private static void scaleLlama3(float[] frequencies, ConfigReader parameters) {
        double factor = parameters.positive("factor", 8);
        double low = parameters.positive("low_freq_factor", 1);
        double high = parameters.positive("high_freq_factor", 4);
        double original = parameters.positive("original_max_position_embeddings", 8192);
        for (int i = 0; i < frequencies.length; i++) {
            double wavelength = 2 * Math.PI / frequencies[i];
            if (wavelength > original / low) {
                frequencies[i] = (float) (frequencies[i] / factor);
            } else if (wavelength >= original / high) {
                double smooth = (original / wavelength - low) / (high - low);
                frequencies[i] = (float) ((1 - smooth) * frequencies[i] / factor + smooth * frequencies[i]);
            }
        }
    }

    /** Cosines and sines of each position, [positions, headDim / 2]. */
    RotaryTable table(long[] positions) {
        int half = frequencies.length;
        float[] cos = new float[positions.length * half];
        float[] sin = new float[positions.length * half];
        for (int t = 0; t < positions.length; t++) {
            for (int i = 0; i < half; i++) {
                float angle = positions[t] * frequencies[i];
                cos[t * half + i] = (float) Math.cos(angle);
                sin[t * half + i] = (float) Math.sin(angle);
            }
        }
        return RotaryTable.of(cos, sin, positions.length, half);
    }
}
