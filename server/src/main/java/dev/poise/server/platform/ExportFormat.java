package dev.poise.server.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** The files a list can be had as. */
enum ExportFormat {
  CSV("csv", "text/csv") {
    @Override
    Table open(OutputStream out) throws IOException {
      return new CsvTable(out);
    }
  },
  XLSX("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") {
    @Override
    Table open(OutputStream out) throws IOException {
      return new XlsxTable(out);
    }
  };

  private final String suffix;
  private final String type;

  ExportFormat(String suffix, String type) {
    this.suffix = suffix;
    this.type = type;
  }

  abstract Table open(OutputStream out) throws IOException;

  String suffix() {
    return suffix;
  }

  /** The Content-Type of such a file. */
  String contentType() {
    return this == CSV ? type + ";charset=UTF-8" : type;
  }

  /**
   * The file the request asks for, by {@code format} or by {@code Accept}; empty for JSON.
   *
   * @throws Refusal.Invalid if it is one that there is not
   */
  static Optional<ExportFormat> asked(HttpServletRequest request) {
    @Nullable String format = request.getParameter("format");
    if (format == null) return accepted(request.getHeader("Accept"));
    return switch (format) {
      case "json" -> Optional.empty();
      case "csv" -> Optional.of(CSV);
      case "xlsx" -> Optional.of(XLSX);
      default ->
          throw new Refusal.Invalid(
              "", ProblemType.VALIDATION_FAILED, "format must be one of json, csv, xlsx.");
    };
  }

  private static Optional<ExportFormat> accepted(@Nullable String header) {
    if (header == null) return Optional.empty();
    List<MediaType> types;
    try {
      types = MediaType.parseMediaTypes(header);
    } catch (InvalidMediaTypeException _) {
      return Optional.empty();
    }
    MediaType best = null;
    for (MediaType type : types)
      if (best == null || type.getQualityValue() > best.getQualityValue()) best = type;
    for (ExportFormat format : values())
      if (best != null && best.equalsTypeAndSubtype(MediaType.valueOf(format.type)))
        return Optional.of(format);
    return Optional.empty();
  }
}
