package dev.lora4j.tasks;

import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * WebNLG's own XML, releases 1.x: {@code <benchmark><entries><entry category><modifiedtripleset><mtriple>a | b | c</mtriple>…<lex
 * comment>text</lex>}.
 *
 * <p>A document type is refused, so nothing outside the file is ever read.
 */
final class WebNlgXml {
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";
    private static final String ROOT = "benchmark";

    /** The release has five. */
    private static final int MOST_DEPTH = 32;

    private WebNlgXml() {}

    static List<WebNlgEntry> read(Path file) {
        Element root = parse(file).getDocumentElement();
        if (!root.getTagName().equals(ROOT)) {
            throw new InvalidFileException(file, "begins with <" + root.getTagName() + ">, expected <" + ROOT + ">");
        }
        return elements(root, "entry").stream().map(entry -> entry(entry, file)).toList();
    }

    private static WebNlgEntry entry(Element entry, Path file) {
        String category = entry.getAttribute("category");
        List<List<String>> triples = elements(entry, "mtriple").stream()
                .map(triple -> triple(triple.getTextContent(), file))
                .toList();
        if (category.isEmpty() || triples.isEmpty()) {
            throw new InvalidFileException(
                    file,
                    "the entry \"" + entry.getAttribute("eid") + "\" of category \"" + category + "\" has "
                            + triples.size() + " elements <mtriple>, expected a category and one <mtriple> at least");
        }
        List<String> texts = elements(entry, "lex").stream()
                .filter(each -> each.getAttribute("comment").equals(WebNlgEntry.GOOD))
                .map(each -> each.getTextContent().strip())
                .toList();
        return new WebNlgEntry(category, triples, texts);
    }

    private static List<String> triple(String text, Path file) {
        List<String> parts = List.of(text.strip().split(" \\| ", -1));
        if (parts.size() != 3) {
            throw new InvalidFileException(
                    file, "a triple is \"" + text + "\", expected a subject, a property and an object between \" | \"");
        }
        return parts;
    }

    private static List<Element> elements(Element within, String name) {
        NodeList found = within.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static Document parse(Path file) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setAttribute("jdk.xml.maxElementDepth", MOST_DEPTH);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler()); // throws, and writes nothing to standard error
            return builder.parse(new InputSource(new StringReader(TaskText.read(file))));
        } catch (SAXException e) {
            throw new InvalidFileException(
                    file, "is not XML without a document type, as WebNLG's is: " + e.getMessage(), e);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser can be kept from document types", e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory was not read", e);
        }
    }
}
