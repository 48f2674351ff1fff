package dev.lora4j.training;

import dev.lora4j.report.Chart;
import dev.lora4j.report.HtmlReport;
import java.util.ArrayList;
import java.util.List;

/** The curves of trainings for a page. */
public final class TrainingCurves {
    private TrainingCurves() {}

    /** Adds loss curves, with the validation's beside them, and the learning rate. */
    public static HtmlReport addTo(HtmlReport page, List<TrainingReport> reports) {
        List<Chart.Series> losses = new ArrayList<>();
        List<Chart.Series> rates = new ArrayList<>();
        for (TrainingReport report : reports) {
            losses.add(new Chart.Series(
                    report.name() + " loss",
                    report.steps().stream()
                            .map(step -> new Chart.Point(step.step(), step.loss()))
                            .toList()));
            losses.add(new Chart.Series(
                    report.name() + " validation",
                    report.evaluations().stream()
                            .map(each -> new Chart.Point(each.step(), each.loss()))
                            .toList()));
            rates.add(new Chart.Series(
                    report.name() + " learning rate",
                    report.steps().stream()
                            .map(step -> new Chart.Point(step.step(), step.learningRate()))
                            .toList()));
        }
        return page.chart(Chart.lines("Loss by step", losses)).chart(Chart.lines("Learning rate by step", rates));
    }
}
