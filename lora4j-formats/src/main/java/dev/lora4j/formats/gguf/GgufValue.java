package dev.lora4j.formats.gguf;

import java.util.List;

/** One metadata value of a GGUF file. */
sealed interface GgufValue {

    /** What it is, for a message. */
    String kind();

    /** How many elements it has; 0 where it is no array. */
    default int elements() {
        return 0;
    }

    /** Any of the eight integer types, as a long. */
    record Whole(long value) implements GgufValue {
        @Override
        public String kind() {
            return "the integer " + value;
        }
    }

    /** A float32 or float64. */
    record Real(double value) implements GgufValue {
        @Override
        public String kind() {
            return "the number " + value;
        }
    }

    record Flag(boolean value) implements GgufValue {
        @Override
        public String kind() {
            return "the bool " + value;
        }
    }

    record Text(String value) implements GgufValue {
        @Override
        public String kind() {
            return "a string";
        }
    }

    record Wholes(List<Long> values) implements GgufValue {
        @Override
        public String kind() {
            return "an array of integers";
        }

        @Override
        public int elements() {
            return values.size();
        }
    }

    record Reals(List<Double> values) implements GgufValue {
        @Override
        public String kind() {
            return "an array of floats";
        }

        @Override
        public int elements() {
            return values.size();
        }
    }

    record Flags(List<Boolean> values) implements GgufValue {
        @Override
        public String kind() {
            return "an array of bools";
        }

        @Override
        public int elements() {
            return values.size();
        }
    }

    record Texts(List<String> values) implements GgufValue {
        @Override
        public String kind() {
            return "an array of strings";
        }

        @Override
        public int elements() {
            return values.size();
        }
    }
}
