package dev.lora4j.samples;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One pass over a LanguageTool rule file that collects its examples. Confined to a thread.
 *
 * <p>The structure is {@code category > (rulegroup >) rule > (antipattern >) example}. All rules of a group describe
 * one kind of mistake, so a group counts as one rule. An example with a {@code correction} is wrong at its
 * {@code <marker>}; one with {@code type="triggers_error"} is a known fault of the rule and is left out, as is one whose
 * correction is empty; every other one is right.
 */
final class GrammarFile {
    /** The real file expands some thousand internal entities; newer JDKs allow 2,500 unless told. */
    private static final String MAX_ENTITY_EXPANSIONS = "64000";

    private static final String MAX_ENTITY_CHARACTERS = "50000000";

    private final String name;
    private final List<MarkedSentence> marked = new ArrayList<>();
    private final List<CorrectSentence> correct = new ArrayList<>();
    private String category = "";
    private String group = "";
    private String rule = "";

    GrammarFile(String name) {
        this.name = name;
    }

    GrammarSentences read(InputStream stream) {
        try {
            XMLStreamReader xml = factory().createXMLStreamReader(stream);
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    open(xml);
                } else if (event == XMLStreamConstants.END_ELEMENT
                        && xml.getLocalName().equals("rulegroup")) {
                    group = "";
                }
            }
            xml.close();
        } catch (XMLStreamException e) {
            throw new SampleDataException(name + " is not a readable rule file: " + e.getMessage(), e);
        }
        return new GrammarSentences(marked, correct);
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, true);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setProperty("jdk.xml.entityExpansionLimit", MAX_ENTITY_EXPANSIONS);
        factory.setProperty("jdk.xml.totalEntitySizeLimit", MAX_ENTITY_CHARACTERS);
        return factory;
    }

    private void open(XMLStreamReader xml) throws XMLStreamException {
        switch (xml.getLocalName()) {
            case "category" -> category = required(xml, "id");
            case "rulegroup" -> {
                group = required(xml, "id");
                rule = group;
            }
            case "rule" -> rule = group.isEmpty() ? required(xml, "id") : group;
            case "example" -> example(xml);
            default -> {}
        }
    }

    private String required(XMLStreamReader xml, String attribute) {
        return attribute(xml, attribute)
                .orElseThrow(() -> new SampleDataException(name + ", line "
                        + xml.getLocation().getLineNumber() + ": <" + xml.getLocalName() + "> has no " + attribute));
    }

    private static Optional<String> attribute(XMLStreamReader xml, String attribute) {
        return Optional.ofNullable(xml.getAttributeValue(null, attribute));
    }

    private void example(XMLStreamReader xml) throws XMLStreamException {
        Optional<String> correction = attribute(xml, "correction");
        String type = attribute(xml, "type").orElse("correct");
        ExampleText text = ExampleText.read(xml);
        if (correction.isPresent()) {
            String first = correction.get().split("\\|", -1)[0];
            if (!first.isBlank() && text.hasMarker()) {
                marked.add(new MarkedSentence(rule, category, text.whole(), text.withMarked(first)));
            }
        } else if (type.equals("correct")) {
            correct.add(new CorrectSentence(rule, category, text.whole()));
        }
    }
}
