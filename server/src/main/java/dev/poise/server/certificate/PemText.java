package dev.poise.server.certificate;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * PEM text as people paste it: with words around the blocks, with blank lines, with lines of any
 * length, on one line or with {@code \n} for the line breaks.
 */
final class PemText {
  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";
  private static final Pattern LABEL = Pattern.compile("[A-Z0-9 ]{1,40}");

  private PemText() {}

  /**
   * What stands between a BEGIN and its END.
   *
   * @param headers such as {@code DEK-Info: AES-128-CBC,...}, which OpenSSL's encrypted keys have
   * @param lines Base64 in lines of 64 characters
   */
  record Block(String label, List<String> headers, String lines) {
    byte[] content() {
      return Base64.getMimeDecoder().decode(lines);
    }

    /** The block as every reader understands it. */
    String text() {
      String head =
          headers.isEmpty() ? "" : headers.stream().collect(Collectors.joining("\n", "", "\n\n"));
      return BEGIN + label + DASHES + "\n" + head + lines + "\n-----END " + label + DASHES + "\n";
    }

    /** Without the content, which may be a private key. */
    @Override
    public String toString() {
      return "Block[" + label + "]";
    }
  }

  static boolean isIn(String text) {
    return text.contains(BEGIN);
  }

  static String write(String label, byte[] content) {
    return new Block(label, List.of(), lines(content)).text();
  }

  /** The blocks of a text. Every one that begins must end, so the text is gone through once. */
  static List<Block> blocks(String text, String pointer, Changes changes) {
    List<Block> blocks = new ArrayList<>();
    int at = 0;
    for (int begin; (begin = text.indexOf(BEGIN, at)) >= 0; ) {
      noteTextOutside(text.substring(at, begin), changes);
      int labelAt = begin + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelAt);
      String label = labelEnd < 0 ? "" : text.substring(labelAt, labelEnd);
      if (!LABEL.matcher(label).matches()) {
        throw Faults.fault(pointer, "not-pem", "A PEM block begins without saying of what.");
      }
      String end = "-----END " + label + DASHES;
      int endAt = text.indexOf(end, labelEnd);
      if (endAt < 0) {
        throw Faults.fault(
            pointer,
            "not-pem",
            "A PEM block begins with '%s%s-----' but never ends; a part is missing."
                .formatted(BEGIN, label));
      }
      blocks.add(block(label, text.substring(labelEnd + DASHES.length(), endAt), pointer, changes));
      at = endAt + end.length();
    }
    noteTextOutside(text.substring(at), changes);
    return blocks;
  }

  private static Block block(String label, String body, String pointer, Changes changes) {
    List<String> headers = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (String line : body.replace("\\r", "").replace("\\n", "\n").strip().lines().toList()) {
      if (line.indexOf(':') > 0) headers.add(line.strip());
      else found.add(line.strip());
    }
    // The blank line behind the headers belongs there.
    if (!headers.isEmpty() && !found.isEmpty() && found.getFirst().isEmpty()) found.removeFirst();
    byte[] content;
    try {
      content = Base64.getDecoder().decode(String.join("", found).replaceAll("\\s", ""));
    } catch (IllegalArgumentException _) {
      throw Faults.fault(
          pointer,
          "not-pem",
          "The PEM block '" + label + "' holds characters that do not belong there.");
    }
    if (content.length == 0) {
      throw Faults.fault(pointer, "not-pem", "The PEM block '" + label + "' is empty.");
    }
    String ordered = lines(content);
    if (!String.join("\n", found).equals(ordered)) {
      changes.add("Line lengths and blank lines were put in order.");
    }
    return new Block(label, headers, ordered);
  }

  private static void noteTextOutside(String text, Changes changes) {
    if (!text.replace("\\r", "").replace("\\n", "").isBlank()) {
      changes.add("Text outside of the PEM blocks was left out.");
    }
  }

  private static String lines(byte[] content) {
    return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
  }
}
