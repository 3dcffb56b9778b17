package dev.poise.spec;

/** What the server answers to a report. */
public record ReportAnswer(boolean sendFull) {}
