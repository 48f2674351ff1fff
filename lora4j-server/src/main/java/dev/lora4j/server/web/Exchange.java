package dev.lora4j.server.web;

/** A question and what a model answered. */
public record Exchange(String question, String answer) {}
