package dev.lora4j.samples;

import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The text of one example, in three pieces around its marker.
 *
 * @param before what stands before the first marker, or all there is
 * @param marked what the marker spans
 * @param after what stands after it
 * @param hasMarker whether there is a marker
 */
record ExampleText(String before, String marked, String after, boolean hasMarker) {
    /** No-break spaces too, which tokenizers do not see either. */
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    /** Reads on to the end of the example that {@code xml} stands at the start of. */
    static ExampleText read(XMLStreamReader xml) throws XMLStreamException {
        StringBuilder before = new StringBuilder();
        StringBuilder marked = new StringBuilder();
        StringBuilder after = new StringBuilder();
        StringBuilder current = before;
        boolean hasMarker = false;
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("example")) {
                return new ExampleText(before.toString(), marked.toString(), after.toString(), hasMarker);
            } else if (event == XMLStreamConstants.START_ELEMENT && !hasMarker) {
                hasMarker = true;
                current = marked;
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                current = after;
            } else if (xml.hasText() && event != XMLStreamConstants.COMMENT) {
                current.append(xml.getText());
            }
        }
    }

    /** The sentence as it stands, with white space collapsed. */
    String whole() {
        return withMarked(marked);
    }

    /** The sentence with {@code replacement} in place of the marked words, with white space collapsed. */
    String withMarked(String replacement) {
        return WHITE_SPACE.matcher(before + replacement + after).replaceAll(" ").strip();
    }
}
