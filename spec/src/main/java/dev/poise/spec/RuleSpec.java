package dev.poise.spec;

/** Where requests of one domain and path go. */
public record RuleSpec(RuleId id, DomainMatch domain, PathPrefix path, Action action) {}
