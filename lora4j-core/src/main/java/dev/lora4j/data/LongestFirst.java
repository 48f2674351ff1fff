package dev.lora4j.data;

import java.util.stream.IntStream;

/** Shortens a text or a pair as transformers does by default: the ends of the texts go, what is around them stays. */
final class LongestFirst {
    private LongestFirst() {}

    static EncodedText truncate(EncodedText encoded, int limit, RowOrigin origin) {
        int first = count(encoded, 0);
        int second = count(encoded, 1);
        int room = limit - (encoded.length() - first - second);
        if (room < 1) {
            throw new BadRowException(origin, "has no room for text beside its special tokens in " + limit + " tokens");
        }
        int[] kept = second == 0 ? new int[] {Math.min(first, room), 0} : lengths(first, second, room);
        int[] seen = new int[2];
        int[] positions = IntStream.range(0, encoded.length())
                .filter(i -> encoded.sequence(i) < 0 || seen[encoded.sequence(i)]++ < kept[encoded.sequence(i)])
                .toArray();
        return encoded.at(positions);
    }

    private static int count(EncodedText encoded, int sequence) {
        return Math.toIntExact(IntStream.range(0, encoded.length())
                .filter(i -> encoded.sequence(i) == sequence)
                .count());
    }

    /** The library's truncate_encodings: the longer text gives first, then both have half of the room. */
    private static int[] lengths(int first, int second, int room) {
        int shorter = Math.min(first, second);
        int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
        if (shorter + longer > room) {
            shorter = room / 2;
            longer = shorter + room % 2;
        }
        return first > second ? new int[] {longer, shorter} : new int[] {shorter, longer};
    }
}
