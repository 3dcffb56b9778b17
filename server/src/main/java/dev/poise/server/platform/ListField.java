package dev.poise.server.platform;

import dev.poise.spec.IpAddress;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A field of a list's items, by which the list can be sorted or filtered.
 *
 * @param name as in JSON
 * @param accessor reads it from an item
 */
public record ListField(String name, Method accessor) {
  private static final long SIGN = Long.MIN_VALUE;

  public ListField {
    accessor.setAccessible(true);
  }

  /** Its type in Java. */
  public Class<?> type() {
    return accessor.getReturnType();
  }

  /** The column of a query that has it. */
  String column() {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** What rows are sorted by. */
  String sortExpression() {
    return column() + "::" + sqlType();
  }

  /** The text of it that a filter's values are compared with. */
  String filterExpression() {
    return type() == IpAddress.class ? "host(" + column() + "::inet)" : column() + "::text";
  }

  String sqlType() {
    if (isWhole()) return "bigint";
    if (type() == boolean.class || type() == Boolean.class) return "boolean";
    if (type() == Instant.class) return "timestamptz";
    return type() == IpAddress.class ? "inet" : "text";
  }

  private boolean isWhole() {
    return type() == int.class
        || type() == Integer.class
        || type() == long.class
        || type() == Long.class;
  }

  /** A text whose order is the order of the values. */
  String sortText(Object item) {
    Object value = valueOf(item).orElse("");
    return switch (value) {
      case Number number -> "%016x".formatted(number.longValue() ^ SIGN);
      case Instant time -> "%016x".formatted(time.toEpochMilli() ^ SIGN);
      case IpAddress address -> HexFormat.of().formatHex(octets(address));
      default -> value.toString();
    };
  }

  /** The value as a filter's values are written; empty if it is absent. */
  Optional<String> text(Object item) {
    return valueOf(item).map(Object::toString);
  }

  private Optional<Object> valueOf(Object item) {
    try {
      return Optional.ofNullable(accessor.invoke(item));
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + name + " of " + item.getClass(), e);
    }
  }

  private static byte[] octets(IpAddress address) {
    String[] parts = address.text().split("\\.", -1);
    byte[] octets = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) octets[i] = (byte) Integer.parseInt(parts[i]);
    return octets;
  }

  /** What is wrong with a value to filter by; empty if nothing is. */
  Optional<String> faultOf(String value) {
    if (type().isEnum()) {
      var names = Arrays.stream(type().getEnumConstants()).map(Object::toString).toList();
      return names.contains(value)
          ? Optional.empty()
          : Optional.of(name + " must be one of " + String.join(", ", names) + ".");
    }
    if (isWhole() && !value.matches("-?\\d{1,18}"))
      return Optional.of(name + " must be a whole number.");
    if (sqlType().equals("boolean") && !value.equals("true") && !value.equals("false"))
      return Optional.of(name + " must be true or false.");
    return Optional.empty();
  }

  static String names(java.util.List<ListField> fields) {
    return fields.stream().map(ListField::name).collect(Collectors.joining(", "));
  }
}
