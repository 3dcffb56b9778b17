package dev.poise.bench;

/**
 * What a figure should be.
 *
 * @param column the number it is about
 */
record Bar(String column, Relation relation, double limit) {
  /** How the number should compare with the limit. */
  enum Relation {
    BELOW("<"),
    AT_MOST("<="),
    AT_LEAST(">=");

    private final String sign;

    Relation(String sign) {
      this.sign = sign;
    }
  }

  static Bar below(String column, double limit) {
    return new Bar(column, Relation.BELOW, limit);
  }

  static Bar atMost(String column, double limit) {
    return new Bar(column, Relation.AT_MOST, limit);
  }

  static Bar atLeast(String column, double limit) {
    return new Bar(column, Relation.AT_LEAST, limit);
  }

  boolean isMetBy(double number) {
    return switch (relation) {
      case BELOW -> number < limit;
      case AT_MOST -> number <= limit;
      case AT_LEAST -> number >= limit;
    };
  }

  @Override
  public String toString() {
    String number = limit == Math.rint(limit) ? "%.0f".formatted(limit) : "" + limit;
    return column + " " + relation.sign + " " + number;
  }
}
