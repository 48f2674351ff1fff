package dev.lora4j.training;

import dev.lora4j.report.HtmlReport;
import dev.lora4j.report.LineChart;
import java.util.ArrayList;
import java.util.List;

/** The curves of trainings for a page. */
public final class TrainingCurves {
    private TrainingCurves() {}

    /** Adds loss curves, with the validation's beside them, and the learning rate. */
    public static HtmlReport addTo(HtmlReport page, List<TrainingReport> reports) {
        List<LineChart.Series> losses = new ArrayList<>();
        List<LineChart.Series> rates = new ArrayList<>();
        for (TrainingReport report : reports) {
            losses.add(new LineChart.Series(
                    report.name() + " loss",
                    report.steps().stream()
                            .map(step -> new LineChart.Point(step.step(), step.loss()))
                            .toList()));
            losses.add(new LineChart.Series(
                    report.name() + " validation",
                    report.evaluations().stream()
                            .map(each -> new LineChart.Point(each.step(), each.loss()))
                            .toList()));
            rates.add(new LineChart.Series(
                    report.name() + " learning rate",
                    report.steps().stream()
                            .map(step -> new LineChart.Point(step.step(), step.learningRate()))
                            .toList()));
        }
        return page.chart(new LineChart("Loss by step", losses)).chart(new LineChart("Learning rate by step", rates));
    }
}
