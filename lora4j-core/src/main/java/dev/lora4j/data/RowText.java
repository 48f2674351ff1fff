package dev.lora4j.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text of a row, refused where it is not what it should be. */
final class RowText {
    private RowText() {}

    /** UTF-8 without NUL. */
    static String decode(byte[] bytes, RowOrigin origin) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            int nul = text.indexOf('\0');
            if (nul >= 0) {
                throw new BadRowException(origin, "char " + (nul + 1) + " is NUL, expected text; is the file damaged?");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new BadRowException(
                    origin, "is not UTF-8 text; convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8", e);
        }
    }

    /** A value that has something to say. */
    static String checked(String name, String text, RowOrigin origin) {
        if (text.isBlank()) {
            throw new BadRowException(origin, "\"" + name + "\" is empty, expected text");
        }
        return wellFormed(name, text, origin);
    }

    /** A value that may be empty. */
    static String wellFormed(String name, String text, RowOrigin origin) {
        if (text.indexOf('\0') >= 0) {
            throw new BadRowException(origin, "\"" + name + "\" holds a NUL char, expected text");
        }
        if (Surrogates.indexOfUnpaired(text) >= 0) {
            throw new BadRowException(
                    origin,
                    "\"" + name + "\" holds half a surrogate pair (\\ud800 to \\udfff), expected valid Unicode");
        }
        return text;
    }
}
