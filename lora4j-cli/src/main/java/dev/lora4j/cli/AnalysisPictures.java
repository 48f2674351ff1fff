package dev.lora4j.cli;

import dev.lora4j.analysis.Amplification;
import dev.lora4j.analysis.Spectrum;
import dev.lora4j.cli.AdapterAnalysis.Side;
import dev.lora4j.cli.AdapterAnalysis.Similarity;
import dev.lora4j.report.HeatMaps;
import dev.lora4j.report.LineChart;
import dev.lora4j.report.Picture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What of an analysis is drawn: a line for each kind of module, and heat maps of φ layer by layer.
 *
 * @param charts in the order of the page
 * @param all every picture, by the name of its file without its ending
 * @param heatMaps those that the page has besides the charts, by their headings
 */
record AnalysisPictures(List<LineChart> charts, Map<String, Picture> all, Map<String, Picture> heatMaps) {
    static AnalysisPictures of(AdapterAnalysis analysis) {
        Map<String, LineChart> charts = new LinkedHashMap<>();
        charts.put(
                "singular-values",
                new LineChart("Singular values by index, largest 1, mean of layers", decay(analysis.spectra())));
        charts.put(
                "effective-rank",
                new LineChart("Effective rank by layer", byLayer(analysis.spectra(), Spectrum::effectiveRank)));
        if (!analysis.amplifications().isEmpty()) {
            charts.put(
                    "amplification",
                    new LineChart("Amplification by layer", byLayer(analysis.amplifications(), Amplification::factor)));
        }
        Map<String, Picture> all = new LinkedHashMap<>();
        charts.values().removeIf(chart -> chart.series().isEmpty());
        charts.forEach((name, chart) -> all.put(name, chart.picture()));
        Map<String, Picture> heatMaps = new LinkedHashMap<>();
        heatMaps(analysis.similarities()).forEach((name, maps) -> {
            Picture picture = maps.picture();
            all.put(name, picture);
            heatMaps.put(maps.title(), picture);
        });
        return new AnalysisPictures(List.copyOf(charts.values()), all, heatMaps);
    }

    /** A line over the layers for each kind; an infinite value has no place in a chart. */
    private static <V> List<LineChart.Series> byLayer(Map<String, V> values, ToDoubleFunction<V> figure) {
        Map<String, List<LineChart.Point>> lines = new LinkedHashMap<>();
        values.forEach((path, value) -> {
            LayerPath layer = new LayerPath(path);
            double y = figure.applyAsDouble(value);
            if (Double.isFinite(y)) {
                lines.computeIfAbsent(layer.kind(), kind -> new ArrayList<>())
                        .add(new LineChart.Point(layer.layer(), y));
            }
        });
        List<LineChart.Series> series = new ArrayList<>();
        lines.forEach((kind, points) -> {
            points.sort(Comparator.comparingDouble(LineChart.Point::x));
            series.add(new LineChart.Series(kind, points));
        });
        return series;
    }

    private static List<LineChart.Series> decay(Map<String, Spectrum> spectra) {
        Map<String, List<Spectrum>> kinds = new LinkedHashMap<>();
        spectra.forEach((path, spectrum) -> {
            if (!spectrum.isZero()) {
                kinds.computeIfAbsent(new LayerPath(path).kind(), kind -> new ArrayList<>())
                        .add(spectrum);
            }
        });
        List<LineChart.Series> series = new ArrayList<>();
        kinds.forEach((kind, all) -> {
            int count = all.stream()
                    .mapToInt(spectrum -> spectrum.values().size())
                    .min()
                    .orElseThrow();
            List<Double> means = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int index = i;
                means.add(all.stream()
                        .mapToDouble(spectrum ->
                                spectrum.values().get(index) / spectrum.values().get(0))
                        .average()
                        .orElseThrow());
            }
            series.add(LineChart.Series.counted(kind, means));
        });
        return series;
    }

    /** For each kind of module and each side one picture of all layers, with random directions last. */
    private static Map<String, HeatMaps> heatMaps(List<Similarity> similarities) {
        Map<String, List<Similarity>> groups = new LinkedHashMap<>();
        for (Similarity each : similarities) {
            String side = each.side() == Side.CHANGE ? "change" : each.side().name();
            groups.computeIfAbsent(
                            "similarity-" + side + "-" + each.layer().kind().replaceAll("[^A-Za-z0-9_]+", "-"),
                            name -> new ArrayList<>())
                    .add(each);
        }
        Map<String, HeatMaps> maps = new LinkedHashMap<>();
        groups.forEach((name, group) -> {
            Similarity first = group.get(0);
            List<HeatMaps.Panel> panels = new ArrayList<>();
            for (Similarity each : group) {
                panels.add(new HeatMaps.Panel(
                        "layer " + each.layer().layer(), each.phi().values()));
            }
            panels.add(new HeatMaps.Panel("random", first.random().values()));
            String title = "phi(i, j) of " + AdapterAnalysis.title(first.side()) + ", "
                    + first.layer().kind();
            maps.put(name, new HeatMaps(title, "i", "j", panels));
        });
        return maps;
    }
}
