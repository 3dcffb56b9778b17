package dev.poise.server.platform;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * What the list that a controller's method answers can be sorted and filtered by.
 *
 * @param sort what {@code orderBy} may name, the default first
 * @param filter what may be a parameter
 * @param others names of parameters that the method reads itself
 */
public record ListFields(List<ListField> sort, List<ListField> filter, Set<String> others) {
  private static final Map<Method, ListFields> KNOWN = new ConcurrentHashMap<>();
  private static final Set<String> COMMON =
      Set.of("pageSize", "pageToken", "q", "orderBy", "format");

  /** Whether the method answers a list. */
  public static boolean isList(Method method) {
    return method.getReturnType() == Page.class;
  }

  /** The fields of the list that the method answers. */
  public static ListFields of(Method method) {
    return KNOWN.computeIfAbsent(method, ListFields::read);
  }

  /** The record that a list's items are. */
  static Class<?> itemOf(Method method) {
    Type item = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
    return (Class<?>) item;
  }

  private static ListFields read(Method method) {
    Class<?> item = itemOf(method);
    @Nullable Listed listed = method.getAnnotation(Listed.class);
    Set<String> others = new HashSet<>(COMMON);
    Arrays.stream(method.getParameters())
        .flatMap(parameter -> Stream.ofNullable(parameter.getAnnotation(RequestParam.class)))
        .forEach(parameter -> others.add(parameter.name()));
    Arrays.stream(method.getParameters())
        .filter(parameter -> parameter.isAnnotationPresent(RequestParam.class))
        .forEach(parameter -> others.add(parameter.getName()));
    if (listed != null)
      return new ListFields(
          fields(item, listed.sort()), fields(item, listed.filter()), Set.copyOf(others));
    return new ListFields(
        Stream.of("createTime", "name").flatMap(name -> field(item, name).stream()).toList(),
        List.of(),
        Set.copyOf(others));
  }

  private static List<ListField> fields(Class<?> item, String[] names) {
    List<ListField> fields = new ArrayList<>();
    for (String name : names) {
      fields.add(
          field(item, name)
              .orElseThrow(
                  () -> new IllegalStateException(item.getSimpleName() + " has no field " + name)));
    }
    return List.copyOf(fields);
  }

  private static Optional<ListField> field(Class<?> item, String name) {
    return Arrays.stream(item.getRecordComponents())
        .filter(component -> component.getName().equals(name))
        .map(RecordComponent::getAccessor)
        .map(accessor -> new ListField(name, accessor))
        .findFirst();
  }

  Optional<ListField> sortedBy(String name) {
    return sort.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  Optional<ListField> filteredBy(String name) {
    return filter.stream().filter(field -> field.name().equals(name)).findFirst();
  }
}
