package dev.lora4j.training;

/** A point of a chart, in the units of its axes. */
public record ChartPoint(double x, double y) {}
