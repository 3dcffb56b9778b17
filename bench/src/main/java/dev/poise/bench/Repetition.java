package dev.poise.bench;

import java.util.Collection;

/**
 * How many rounds there are, and how long a turn in them takes.
 *
 * <p>On a quiet machine a few rounds tell what there is to tell, on one that does other things many
 * are needed. So there are more of them until every ratio that has a bar is known well enough,
 * whatever it is: who stopped when a bar is met would find the rounds that meet it.
 *
 * @param least this many in any case
 * @param most not more, even if a ratio is not known well then
 * @param seconds of a turn
 */
record Repetition(int least, int most, int seconds) {
  /** Half of the interval around a median, as part of it. */
  private static final double PRECISION = 0.02;

  static Repetition exactly(int rounds, int seconds) {
    return new Repetition(rounds, rounds, seconds);
  }

  /** Whether no more rounds are needed after so many. */
  boolean isEnough(int done, Collection<Comparison> comparisons) {
    if (done < least) return false;
    return done >= most || comparisons.stream().allMatch(Repetition::isKnown);
  }

  private static boolean isKnown(Comparison comparison) {
    if (comparison.bar().isEmpty()) return true;
    Sample ratios = comparison.ratios();
    Sample.Interval interval = ratios.medianInterval();
    return interval.to() - interval.from() <= 2 * PRECISION * ratios.median();
  }

  @Override
  public String toString() {
    String rounds = least == most ? "" + least : least + " to " + most;
    return rounds + " rounds, " + seconds + " s";
  }
}
