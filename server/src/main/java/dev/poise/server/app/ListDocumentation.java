package dev.poise.server.app;

import dev.poise.server.platform.ListField;
import dev.poise.server.platform.ListFields;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

/** Describes the parameters that lists have: those of all, and what each is declared with. */
@Component
final class ListDocumentation implements OperationCustomizer {
  private static final String XLSX =
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

  @Override
  public Operation customize(Operation operation, HandlerMethod handler) {
    if (!ListFields.isList(handler.getMethod())) return operation;
    ListFields fields = ListFields.of(handler.getMethod());
    for (ListField field : fields.filter()) {
      operation.addParametersItem(
          query(
              field.name(),
              new ArraySchema().items(schema(field.type())),
              "Only items with one of these values"));
    }
    operation.addParametersItem(
        query(
            "q",
            new StringSchema(),
            "Only items with this text in name, remark, id, address or domain"));
    operation.addParametersItem(query("orderBy", order(fields), "The order of the list"));
    operation.addParametersItem(
        query(
            "pageSize",
            new IntegerSchema()._default(25).minimum(BigDecimal.ONE),
            "How many items, at most 500"));
    operation.addParametersItem(
        query("pageToken", new StringSchema(), "The nextPageToken of the page before"));
    operation.addParametersItem(
        query(
            "format",
            new StringSchema()._enum(List.of("json", "csv", "xlsx"))._default("json"),
            "csv and xlsx are a file with the whole filtered list; so are the media types of them"
                + " in Accept"));
    Objects.requireNonNull(operation.getResponses().get("200"))
        .getContent()
        .addMediaType("text/csv", new MediaType().schema(new StringSchema()))
        .addMediaType(XLSX, new MediaType().schema(new StringSchema().format("binary")));
    return operation;
  }

  private static Schema<String> order(ListFields fields) {
    return new StringSchema()
        ._enum(
            fields.sort().stream()
                .flatMap(field -> Stream.of(field.name(), field.name() + " desc"))
                .toList())
        ._default(fields.sort().getFirst().name());
  }

  private static Schema<?> schema(Class<?> type) {
    if (type.isEnum()) {
      return new StringSchema()
          ._enum(Arrays.stream(type.getEnumConstants()).map(Object::toString).toList());
    }
    if (type == boolean.class || type == Boolean.class) return new BooleanSchema();
    return type.isPrimitive() || Number.class.isAssignableFrom(type)
        ? new IntegerSchema()
        : new StringSchema();
  }

  private static Parameter query(String name, Schema<?> schema, String description) {
    return new Parameter().in("query").name(name).schema(schema).description(description);
  }
}
