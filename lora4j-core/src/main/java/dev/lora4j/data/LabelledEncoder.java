package dev.lora4j.data;

import java.util.Optional;
import java.util.OptionalInt;

/** Labelled texts as tokens for a classifier, or for a model that tells a number where there are no labels. */
final class LabelledEncoder {
    private final Tokenizer tokenizer;
    private final Optional<LabelSet> labels;
    private final EncodingSettings settings;

    LabelledEncoder(Tokenizer tokenizer, Optional<LabelSet> labels, EncodingSettings settings) {
        this.tokenizer = tokenizer;
        this.labels = labels;
        this.settings = settings;
    }

    EncodedRow labelled(Row.Labelled row, RowOrigin origin) {
        EncodedText encoded = encode(row);
        boolean cut = encoded.length() > settings.maxLength();
        if (cut && settings.longRows() != LongRows.TRUNCATE) {
            return new EncodedRow.TooLong(encoded.length());
        }
        EncodedText kept = cut ? LongestFirst.truncate(encoded, settings.maxLength(), origin) : encoded;
        Example example = labels.isPresent()
                ? Example.classification(kept.ids(), kept.types(), index(labels.get(), row, origin), origin)
                : Example.regression(kept.ids(), kept.types(), score(row, origin), origin);
        return cut ? new EncodedRow.Cut(example) : new EncodedRow.Whole(example);
    }

    private EncodedText encode(Row.Labelled row) {
        String second = row.textPair().orElse("");
        SpecialStrings strings = tokenizer.plain().strings();
        boolean plain = settings.plainText() && (strings.in(row.text()) || strings.in(second));
        if (row.textPair().isEmpty()) {
            return plain ? tokenizer.plain().encode(row.text(), true) : tokenizer.encodedWithSpecials(row.text());
        }
        return plain ? tokenizer.plain().encodePair(row.text(), second) : tokenizer.encodePair(row.text(), second);
    }

    private static int index(LabelSet labels, Row.Labelled row, RowOrigin origin) {
        OptionalInt index = labels.index(row.label());
        if (index.isEmpty()) {
            throw new BadRowException(origin, "has label \"" + row.label() + "\", expected one of " + labels.names());
        }
        return index.getAsInt();
    }

    private static double score(Row.Labelled row, RowOrigin origin) {
        try {
            return Double.parseDouble(row.label());
        } catch (NumberFormatException e) {
            throw new BadRowException(
                    origin,
                    "has label \"" + row.label() + "\", expected a number; for classes choose a classification task",
                    e);
        }
    }
}
