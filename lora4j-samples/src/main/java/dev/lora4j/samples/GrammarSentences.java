package dev.lora4j.samples;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The example sentences of LanguageTool's grammar rules, as they stand in its file.
 *
 * <p>Every rule carries examples that its authors test it with. The file comes as the Maven dependency
 * {@code org.languagetool:language-en} (LGPL 2.1).
 *
 * @param marked sentences with a mistake and its correction
 * @param correct sentences that are right
 */
public record GrammarSentences(List<MarkedSentence> marked, List<CorrectSentence> correct) {
    private static final String RESOURCE = "org/languagetool/rules/en/grammar.xml";

    /** Copies both lists. */
    public GrammarSentences {
        marked = List.copyOf(marked);
        correct = List.copyOf(correct);
    }

    /** The English sentences on the class path. */
    public static GrammarSentences load() {
        ClassLoader loader = GrammarSentences.class.getClassLoader();
        try (InputStream stream = loader.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new SampleDataException(
                        RESOURCE + " is not on the class path: add the dependency org.languagetool:language-en");
            }
            return read(stream, RESOURCE);
        } catch (IOException e) {
            throw new SampleDataException(RESOURCE + " cannot be read from its jar: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a rule file; nothing outside it is ever fetched.
     *
     * @param stream the XML, not closed here
     * @param name what errors call it
     */
    public static GrammarSentences read(InputStream stream, String name) {
        return new GrammarFile(name).read(stream);
    }

    /** What is left after {@link SentenceCleaning}. */
    public GrammarSentences cleaned() {
        return new SentenceCleaning().clean(this);
    }
}
