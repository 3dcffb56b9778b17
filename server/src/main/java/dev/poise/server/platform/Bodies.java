package dev.poise.server.platform;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns request bodies into records and says everything that is wrong with one at once.
 *
 * <p>Jackson stops at the first fault it meets. So each fault is noted with its JSON pointer, the
 * value it is about is taken out of the tree, and reading starts again, until nothing is left to
 * complain of. What was read is then validated by its constraint annotations, and both lists are
 * one.
 */
@Component
public final class Bodies {
  private static final int MOST_FAULTS = 50;
  private static final Fault NO_OBJECT = new Fault("", "required", "The body must be an object.");

  private final JsonMapper mapper;
  private final Validator validator;

  Bodies(Validator validator) {
    this.validator = validator;
    this.mapper =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .changeDefaultPropertyInclusion(inclusion ->
                inclusion.withValueInclusion(
                    com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .build();
  }

  /**
   * Parses the text.
   *
   * @throws Refusal.Unreadable if it is not JSON
   */
  JsonNode parse(byte[] json) {
    try {
      return mapper.readTree(json);
    } catch (JacksonException e) {
      var where = e.getLocation();
      String place =
          where == null
              ? ""
              : " near line " + where.getLineNr() + ", column " + where.getColumnNr();
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The body is not valid JSON" + place + ".");
    }
  }

  /**
   * Reads and validates a body.
   *
   * @throws Refusal.Invalid with all of its faults
   */
  public <T> T read(JsonNode body, Class<T> type) {
    return read(body.deepCopy(), type, new ArrayList<>());
  }

  private <T> T read(JsonNode body, Class<T> type, List<Fault> faults) {
    T value = decode(body, type, faults);
    if (value == null) throw new Refusal.Invalid(faults.isEmpty() ? List.of(NO_OBJECT) : faults);
    Set<String> faulty =
        faults.stream().map(Fault::pointer).collect(Collectors.toCollection(HashSet::new));
    faults(value).stream().filter(fault -> !faulty.contains(fault.pointer())).forEach(faults::add);
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    return value;
  }

  /** What is wrong with a record that came from something other than a body. */
  public List<Fault> faults(Object value) {
    return validator.validate(value).stream()
        .map(Bodies::fault)
        .sorted(Comparator.comparing(Fault::pointer))
        .toList();
  }

  /**
   * Applies a merge patch (RFC 7396) to what a record says now, and reads the result like a body.
   *
   * @param fixed the fields that never change; one that the patch would change is a fault
   */
  public <T> T patched(T now, MergePatch patch, Class<T> type, String... fixed) {
    ObjectNode before = mapper.valueToTree(now);
    ObjectNode after = (ObjectNode) merge(before.deepCopy(), patch.node());
    List<Fault> faults = new ArrayList<>();
    for (String field : fixed) {
      if (Objects.equals(before.get(field), after.get(field))) continue;
      faults.add(
          new Fault(
              "/" + field,
              ProblemType.IMMUTABLE_FIELD.slug(),
              "The " + field + " cannot be changed after creation."));
      // The rest is judged as if this had not been asked for.
      if (before.has(field)) after.set(field, before.get(field));
      else after.remove(field);
    }
    return read(after, type, faults);
  }

  /** The JSON text of a record, the same for equal records. */
  String canonical(Object value) {
    return mapper.writeValueAsString(value);
  }

  private static JsonNode merge(@Nullable JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) return patch;
    ObjectNode result = target instanceof ObjectNode object ? object : changes.objectNode();
    changes
        .properties()
        .forEach(entry -> {
          if (entry.getValue().isNull()) result.remove(entry.getKey());
          else result.set(entry.getKey(), merge(result.get(entry.getKey()), entry.getValue()));
        });
    return result;
  }

  private <T> @Nullable T decode(JsonNode tree, Class<T> type, List<Fault> faults) {
    while (faults.size() < MOST_FAULTS) {
      try {
        return mapper.treeToValue(tree, type);
      } catch (DatabindException e) {
        String pointer = pointer(e);
        faults.add(new Fault(pointer, code(e), sentence(e)));
        if (pointer.isEmpty() || !takeOut(tree, e)) return null;
      }
    }
    return null;
  }

  private static boolean takeOut(JsonNode tree, DatabindException e) {
    JsonNode parent = tree;
    List<JacksonException.Reference> path = e.getPath();
    for (JacksonException.Reference step : path.subList(0, path.size() - 1)) {
      JsonNode child =
          step.getPropertyName() != null
              ? parent.get(step.getPropertyName())
              : parent.get(step.getIndex());
      if (child == null) return false;
      parent = child;
    }
    JacksonException.Reference last = path.getLast();
    if (parent instanceof ObjectNode object) return object.remove(last.getPropertyName()) != null;
    // An element keeps its place, so that the pointers of those behind it stay right.
    return parent instanceof ArrayNode array
        && array.set(last.getIndex(), array.nullNode()) != null;
  }

  private static String pointer(DatabindException e) {
    return e.getPath().stream()
        .map(step ->
            "/"
                + (step.getPropertyName() != null
                    ? escape(step.getPropertyName())
                    : step.getIndex()))
        .collect(Collectors.joining());
  }

  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static String code(DatabindException e) {
    return e instanceof UnrecognizedPropertyException ? "unknown-field" : "wrong-type";
  }

  private static String sentence(DatabindException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown ->
          "There is no field '%s' here; the fields are %s."
              .formatted(shortened(unknown.getPropertyName()), known(unknown));
      case ValueInstantiationException refused
          when refused.getCause() instanceof IllegalArgumentException why ->
          "This is " + why.getMessage() + ".";
      case InvalidFormatException wrong when wrong.getTargetType().isEnum() ->
          "This must be one of "
              + Stream.of(wrong.getTargetType().getEnumConstants())
                  .map(String::valueOf)
                  .collect(Collectors.joining(", "))
              + ".";
      case MismatchedInputException wrong ->
          "This must be " + expected(wrong.getTargetType()) + ".";
      default -> "This cannot be read.";
    };
  }

  private static String known(UnrecognizedPropertyException unknown) {
    Set<String> names = new TreeSet<>();
    if (unknown.getKnownPropertyIds() != null)
      unknown.getKnownPropertyIds().forEach(id -> names.add(id.toString()));
    return String.join(", ", names);
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) return "something else";
    if (type == Integer.class || type == Long.class || type == int.class || type == long.class)
      return "a whole number";
    if (type == Boolean.class || type == boolean.class) return "true or false";
    if (CharSequence.class.isAssignableFrom(type)) return "text";
    if (Iterable.class.isAssignableFrom(type)) return "a list";
    if (type.isRecord() && type.getRecordComponents().length > 1) return "an object";
    return "text";
  }

  private static Fault fault(ConstraintViolation<?> violation) {
    StringBuilder pointer = new StringBuilder();
    for (Path.Node step : violation.getPropertyPath()) {
      if (step.getIndex() != null) pointer.append('/').append(step.getIndex());
      if (step.getKey() != null) pointer.append('/').append(escape(step.getKey().toString()));
      String name = step.getName();
      if (name != null && !name.startsWith("<"))
        pointer.append('/').append(escape(jsonName(violation.getLeafBean(), name)));
    }
    String annotation =
        violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName();
    String code =
        switch (annotation) {
          case "NotNull", "NotBlank", "NotEmpty" -> "required";
          case "Min", "Max", "Size" -> "out-of-range";
          default -> "invalid";
        };
    // A constraint of ours may name a more telling code in front of its message: "{port-reserved}
    // The port ...".
    String message = violation.getMessage();
    if (message.startsWith("[") && message.indexOf(']') > 0) {
      int end = message.indexOf(']');
      return new Fault(
          pointer.toString(), message.substring(1, end), message.substring(end + 1).strip());
    }
    return new Fault(pointer.toString(), code, asSentence(message));
  }

  /** What a field of the record that a constraint is broken in is called in JSON. */
  private static String jsonName(@Nullable Object bean, String field) {
    if (bean == null || !bean.getClass().isRecord()) return field;
    return Stream.of(bean.getClass().getRecordComponents())
        .filter(component -> component.getName().equals(field))
        .flatMap(component ->
            Stream.ofNullable(component.getAccessor().getAnnotation(JsonProperty.class)))
        .map(JsonProperty::value)
        .findFirst()
        .orElse(field);
  }

  private static String asSentence(String message) {
    return "This " + message + ".";
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
