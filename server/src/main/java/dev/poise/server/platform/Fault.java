package dev.poise.server.platform;

/**
 * One thing that is wrong with a request.
 *
 * @param pointer JSON pointer to it in the body, such as {@code /listeners/0/port}; empty for the
 *     whole body
 * @param code a stable word for programs, such as {@code port-reserved}
 * @param detail a sentence for people
 */
public record Fault(String pointer, String code, String detail) {}
