import com.google.googlejavaformat.java.Formatter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks ({@code check}) or rewrites ({@code write}) every Java file below a folder with
 * google-java-format.
 */
final class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    Formatter formatter = new Formatter();
    List<Path> different = new ArrayList<>();
    for (Path file : javaFiles(Path.of(args[1]))) {
      String source = Files.readString(file);
      String formatted;
      try {
        formatted = formatter.formatSourceAndFixImports(source);
      } catch (com.google.googlejavaformat.java.FormatterException e) {
        System.err.println(file + ": " + e.getMessage());
        different.add(file);
        continue;
      }
      if (!formatted.equals(source)) {
        different.add(file);
        if (write) Files.writeString(file, formatted);
      }
    }
    if (different.isEmpty() || write) return;
    different.forEach(file -> System.err.println("not formatted: " + file));
    System.err.println("Run ./poise fmt");
    System.exit(1);
  }

  private static List<Path> javaFiles(Path root) throws Exception {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .filter(file -> !file.toString().contains("/node_modules/"))
          .filter(file -> !file.toString().contains("/.poise/"))
          .toList();
    }
  }
}
