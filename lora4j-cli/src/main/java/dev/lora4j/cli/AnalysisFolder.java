package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.analysis.Amplification;
import dev.lora4j.analysis.RankSuggestion;
import dev.lora4j.analysis.Spectrum;
import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.FileContent;
import dev.lora4j.report.HtmlReport;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The folder that {@code analyze} writes: {@code analysis.json} with all values, pictures, and a page with both. */
final class AnalysisFolder {
    static final String VALUES = "analysis.json";

    private static final MathContext DIGITS = new MathContext(7);

    private AnalysisFolder() {}

    static void write(AdapterAnalysis analysis, Path output) {
        AnalysisPictures pictures = AnalysisPictures.of(analysis);
        HtmlReport page = page(analysis, pictures);
        AtomicDirectory.write(output, folder -> {
            pictures.all()
                    .forEach((name, picture) ->
                            folder.file(name + ".png", FileContent.bytes(ByteBuffer.wrap(picture.png()))));
            folder.file(HtmlReport.FILE, FileContent.text(page.html()));
            folder.file(VALUES, FileContent.text(json(analysis) + "\n"));
        });
    }

    private static HtmlReport page(AdapterAnalysis analysis, AnalysisPictures pictures) {
        HtmlReport page = new HtmlReport("Analysis of an adapter")
                .figures("Summary", analysis.facts().lines());
        pictures.charts().forEach(page::chart);
        pictures.heatMaps().forEach((title, picture) -> page.picture(title, picture));
        List<List<String>> rows = new ArrayList<>();
        Map<String, Integer> suggested = analysis.suggestion().ranks();
        analysis.spectra().forEach((path, spectrum) -> {
            List<String> row = new ArrayList<>(List.of(
                    path,
                    Amounts.number(spectrum.norm()),
                    String.format(Locale.ROOT, "%.2f", spectrum.effectiveRank()),
                    spectrum.rankFor(0.9) + ", " + spectrum.rankFor(0.95) + ", " + spectrum.rankFor(0.99),
                    String.valueOf(suggested.get(path))));
            Amplification amplification = analysis.amplifications().get(path);
            row.add(amplification == null ? "" : Amounts.number(amplification.factor()));
            rows.add(row);
        });
        return page.table(
                "Layers",
                List.of("Layer", "‖ΔW‖", "Effective rank", "Ranks for 90, 95, 99 %", "Suggested rank", "Amplification"),
                rows);
    }

    static ObjectNode json(AdapterAnalysis analysis) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("summary", analysis.facts().json());
        RankSuggestion suggestion = analysis.suggestion();
        ObjectNode ranks = json.putObject("suggested_ranks");
        suggestion.ranks().forEach(ranks::put);
        json.set("layers", layers(analysis.spectra(), analysis.amplifications()));
        if (!analysis.otherSpectra().isEmpty()) {
            json.set("other_layers", layers(analysis.otherSpectra(), Map.of()));
            ArrayNode similarities = json.putArray("similarities");
            Map<String, ObjectNode> random = new LinkedHashMap<>();
            for (AdapterAnalysis.Similarity each : analysis.similarities()) {
                String side = AdapterAnalysis.title(each.side());
                ObjectNode node = similarities
                        .addObject()
                        .put("path", each.layer().path())
                        .put("of", side);
                node.set("phi", matrix(each.phi().values()));
                random.computeIfAbsent(side + " " + each.layer().kind(), key -> {
                    ObjectNode same = JsonNodeFactory.instance
                            .objectNode()
                            .put("kind", each.layer().kind());
                    same.put("of", side).set("phi", matrix(each.random().values()));
                    return same;
                });
            }
            json.putArray("random").addAll(random.values());
        }
        return json;
    }

    private static ArrayNode layers(Map<String, Spectrum> spectra, Map<String, Amplification> amplifications) {
        ArrayNode layers = JsonNodeFactory.instance.arrayNode();
        spectra.forEach((path, spectrum) -> {
            ObjectNode layer = layers.addObject().put("path", path);
            layer.put("norm", spectrum.norm())
                    .put("effective_rank", spectrum.effectiveRank())
                    .put("rank_for_90", spectrum.rankFor(0.9))
                    .put("rank_for_95", spectrum.rankFor(0.95))
                    .put("rank_for_99", spectrum.rankFor(0.99))
                    .set("singular_values", numbers(spectrum.values()));
            Amplification amplification = amplifications.get(path);
            if (amplification != null) {
                layer.putObject("amplification")
                        .put("rank", amplification.rank())
                        .put("norm_of_weight", amplification.weight())
                        .put("norm_of_change", amplification.change())
                        .put("weight_on_change", amplification.onChange())
                        .put("weight_on_its_own", amplification.onWeight())
                        .put("weight_on_random", amplification.onRandom())
                        .put("factor", amplification.factor());
            }
        });
        return layers;
    }

    private static ArrayNode matrix(List<List<Double>> values) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        values.forEach(row -> rows.add(numbers(row)));
        return rows;
    }

    private static ArrayNode numbers(List<Double> values) {
        ArrayNode row = JsonNodeFactory.instance.arrayNode();
        values.forEach(value -> row.add(new BigDecimal(value).round(DIGITS).doubleValue()));
        return row;
    }
}
