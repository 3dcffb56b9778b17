package dev.poise.server.platform;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The columns of an exported list, named like the fields of its items in JSON. A field of a field
 * is a column with a dot in its name; a list of texts is one cell, a list of objects its JSON.
 */
record ExportColumns(List<String> names) {
  static ExportColumns of(Class<?> item) {
    List<String> names = new ArrayList<>();
    collect(item, "", names);
    return new ExportColumns(List.copyOf(names));
  }

  private static void collect(Class<?> type, String prefix, List<String> names) {
    for (RecordComponent component : type.getRecordComponents()) {
      @Nullable JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
      String name = prefix + (named == null ? component.getName() : named.value());
      if (isObject(component.getType())) collect(component.getType(), name + ".", names);
      else names.add(name);
    }
  }

  private static boolean isObject(Class<?> type) {
    return type.isRecord()
        && Arrays.stream(type.getDeclaredMethods())
            .noneMatch(method -> method.isAnnotationPresent(JsonValue.class));
  }

  List<Object> cells(JsonNode item) {
    return names.stream().map(name -> cell(item.at("/" + name.replace('.', '/')))).toList();
  }

  private static Object cell(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) return "";
    if (value.isBoolean()) return value.asBoolean();
    if (value.isIntegralNumber()) return value.asLong();
    if (value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode))
      return value.valueStream().map(JsonNode::asString).collect(Collectors.joining("; "));
    return value.isValueNode() ? value.asString() : value.toString();
  }
}
