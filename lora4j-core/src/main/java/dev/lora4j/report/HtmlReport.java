package dev.lora4j.report;

import dev.lora4j.formats.AtomicFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A page in one file that loads nothing: figures, tables, curves, pictures.
 *
 * <p>Collects sections in the order in which they are added; confined to one thread.
 */
public final class HtmlReport {
    /** The file's name in an output folder. */
    public static final String FILE = "report.html";

    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;color:#1f2937;max-width:760px;margin:2rem auto;padding:0 1rem}
            h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
            table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #e5e7eb;padding:.3rem .5rem;text-align:left;vertical-align:top}
            td.number{text-align:right;font-variant-numeric:tabular-nums}
            svg{width:100%;height:auto}img{max-width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#4b5563}svg .grid{stroke:#e5e7eb}
            @media (prefers-color-scheme:dark){body{background:#111827;color:#e5e7eb}td,th{border-color:#374151}
            svg text{fill:#9ca3af}svg .grid{stroke:#374151}}
            """;

    private final String title;
    private final List<String> sections = new ArrayList<>();

    /** An empty page of this title. */
    public HtmlReport(String title) {
        this.title = title;
    }

    /** Names and values. */
    public HtmlReport figures(String heading, Map<String, String> figures) {
        StringBuilder rows = new StringBuilder();
        figures.forEach((name, value) -> rows.append("<tr><td>")
                .append(escape(name))
                .append("</td><td class=\"number\">")
                .append(escape(value))
                .append("</td></tr>"));
        sections.add(heading(heading) + "<table>" + rows + "</table>");
        return this;
    }

    /** Rows under column names. */
    public HtmlReport table(String heading, List<String> columns, List<List<String>> rows) {
        StringBuilder html = new StringBuilder(heading(heading)).append("<table><tr>");
        columns.forEach(column -> html.append("<th>").append(escape(column)).append("</th>"));
        html.append("</tr>");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
            html.append("</tr>");
        }
        sections.add(html.append("</table>").toString());
        return this;
    }

    /** A line chart under its own label. */
    public HtmlReport chart(LineChart chart) {
        sections.add(heading(chart.label()) + chart.svg());
        return this;
    }

    /** A picture inside the page. */
    public HtmlReport picture(String heading, Picture picture) {
        sections.add(
                heading(heading) + "<img alt=\"" + escape(heading) + "\" width=\"" + picture.width() + "\" height=\""
                        + picture.height() + "\" src=\"data:image/png;base64,"
                        + Base64.getEncoder().encodeToString(picture.png()) + "\">");
        return this;
    }

    /** A paragraph. */
    public HtmlReport text(String text) {
        sections.add("<p>" + escape(text) + "</p>");
        return this;
    }

    private static String heading(String text) {
        return "<h2>" + escape(text) + "</h2>";
    }

    /** The whole page. */
    public String html() {
        return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>" + escape(title)
                + "</title><style>" + STYLE + "</style></head><body><h1>" + escape(title) + "</h1>"
                + String.join("\n", sections) + "</body></html>\n";
    }

    /** Writes the page as a whole. */
    public void write(Path file) {
        AtomicFile.writeString(file, html());
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
