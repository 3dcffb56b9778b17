package dev.poise.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** What figures do while an installation grows. */
final class Slopes {
  private static final int STEP = 100;

  private final SequencedMap<Integer, List<Figure>> bySize = new LinkedHashMap<>();

  /**
   * Remembers the figures of one size.
   *
   * @param figures the same ones for every size
   */
  void add(int size, List<Figure> figures) {
    bySize.put(size, figures);
  }

  /**
   * One number of each figure, a column for each size, and last by how much it grows with a hundred
   * more: the line of least squares. With a single size there is no line.
   */
  List<Figure> of(String column) {
    List<Figure> lines = new ArrayList<>();
    for (Figure figure : bySize.firstEntry().getValue()) {
      SequencedMap<Integer, Double> points = points(figure.name(), column);
      Figure line = new Figure(figure.name(), new LinkedHashMap<>(), Optional.empty());
      for (var point : points.entrySet()) line = line.and("" + point.getKey(), point.getValue());
      lines.add(points.size() == 1 ? line : line.and("per 100", STEP * slope(points)));
    }
    return lines;
  }

  private SequencedMap<Integer, Double> points(String name, String column) {
    SequencedMap<Integer, Double> points = new LinkedHashMap<>();
    bySize.forEach((size, figures) ->
        figures.stream()
            .filter(figure -> figure.name().equals(name))
            .map(figure -> Optional.ofNullable(figure.numbers().get(column)).orElseThrow())
            .forEach(number -> points.put(size, number)));
    return points;
  }

  private static double slope(Map<Integer, Double> points) {
    double meanSize = points.keySet().stream().mapToInt(size -> size).average().orElseThrow();
    double meanNumber =
        points.values().stream().mapToDouble(number -> number).average().orElseThrow();
    double together = 0;
    double squares = 0;
    for (var point : points.entrySet()) {
      double distance = point.getKey() - meanSize;
      together += distance * (point.getValue() - meanNumber);
      squares += distance * distance;
    }
    return together / squares;
  }
}
