package dev.poise.server.securitygroup;

import dev.poise.spec.AddressRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of IPv4 addresses: closed intervals of numbers from 0 to 2^32 - 1 that rise and do not
 * touch. Equal sets have equal intervals.
 */
record AddressSet(List<Interval> intervals) {
  static final AddressSet NONE = new AddressSet(List.of());

  AddressSet {
    intervals = List.copyOf(intervals);
  }

  /** From one address to another, both included. */
  record Interval(long first, long last) {}

  static AddressSet of(List<AddressRange> ranges) {
    return joined(ranges.stream().map(range -> new Interval(range.first(), range.last())).toList());
  }

  private static AddressSet joined(List<Interval> unordered) {
    List<Interval> joined = new ArrayList<>();
    for (Interval next :
        unordered.stream().sorted(Comparator.comparingLong(Interval::first)).toList()) {
      Interval last = joined.isEmpty() ? new Interval(-2, -2) : joined.getLast();
      if (next.first() <= last.last() + 1) {
        joined.set(
            joined.size() - 1, new Interval(last.first(), Math.max(last.last(), next.last())));
      } else {
        joined.add(next);
      }
    }
    return new AddressSet(joined);
  }

  AddressSet and(AddressSet others) {
    List<Interval> all = new ArrayList<>(intervals);
    all.addAll(others.intervals);
    return joined(all);
  }

  AddressSet without(AddressSet others) {
    List<Interval> left = new ArrayList<>();
    int i = 0;
    for (Interval interval : intervals) {
      long begin = interval.first();
      while (i < others.intervals.size() && others.intervals.get(i).last() < begin) i++;
      for (int j = i; j < others.intervals.size() && begin <= interval.last(); j++) {
        Interval other = others.intervals.get(j);
        if (other.first() > interval.last()) break;
        if (begin < other.first()) left.add(new Interval(begin, other.first() - 1));
        begin = Math.max(begin, other.last() + 1);
      }
      if (begin <= interval.last()) left.add(new Interval(begin, interval.last()));
    }
    return new AddressSet(left);
  }

  /** The same addresses as the fewest ranges, rising. */
  List<AddressRange> ranges() {
    List<AddressRange> ranges = new ArrayList<>();
    for (Interval interval : intervals) {
      long begin = interval.first();
      while (begin <= interval.last()) {
        long left = interval.last() - begin + 1;
        int aligned = Math.min(Long.numberOfTrailingZeros(begin), 32);
        int free = Math.min(aligned, 63 - Long.numberOfLeadingZeros(left));
        ranges.add(AddressRange.of(begin, 32 - free));
        begin += 1L << free;
      }
    }
    return ranges;
  }
}
