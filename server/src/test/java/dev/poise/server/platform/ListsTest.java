package dev.poise.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellType;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What every list can: filters, orders, pages and files. */
class ListsTest extends ApiTest {
  private static final String HOSTILE = "=HYPERLINK(\"http://x\",\"a, b\")";

  private Site site = new Site("", "", "", "", "", "");
  private String pool = "";

  @BeforeEach
  void members() {
    site = site();
    Answer made =
        made(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[
              {"name":"b","protocol":"TCP","port":9000,"defaultPool":{"name":"p","members":[
                {"name":"one","address":"10.1.0.10","port":80,"weight":5},
                {"name":"two","address":"10.1.0.9","port":80,"weight":50},
                {"name":"three","address":"10.1.0.100","port":80,"weight":5}]}},
              {"name":"a","protocol":"HTTP","port":80}]}
            """
                .formatted(site.subnet()));
    pool = get("/load-balancers/" + made.text("/id") + "/pools?name=p").text("/items/0/id");
  }

  private List<String> names(String path) {
    return get(path)
        .body()
        .at("/items")
        .valueStream()
        .map(it -> it.at("/name").asString())
        .toList();
  }

  @Test
  void listsAreSortedByTheValuesNotTheirTexts() {
    String members = "/pools/" + pool + "/members?orderBy=";
    assertThat(names(members + "address")).containsExactly("two", "one", "three");
    assertThat(names(members + "weight%20desc").getFirst()).isEqualTo("two");
    assertThat(names(members + "createTime")).containsExactly("one", "two", "three");
  }

  @Test
  void pagesOfEqualItemsAreComplete() {
    for (String order : List.of("weight", "weight%20desc", "port", "health")) {
      List<String> seen = new ArrayList<>();
      String token = "";
      do {
        Answer page = get("/pools/" + pool + "/members?pageSize=1&orderBy=" + order + token);
        page.body().at("/items").forEach(it -> seen.add(it.at("/name").asString()));
        token = page.body().has("nextPageToken") ? "&pageToken=" + page.text("/nextPageToken") : "";
      } while (!token.isEmpty());
      assertThat(seen).as(order).containsExactlyInAnyOrder("one", "two", "three");
    }
  }

  @Test
  void severalFiltersMustAllMatchAndSeveralValuesAny() {
    String members = "/pools/" + pool + "/members";
    assertThat(names(members + "?name=one&name=three")).containsExactly("one", "three");
    assertThat(names(members + "?name=one&name=three&address=10.1.0.9")).isEmpty();
    assertThat(names(members + "?mode=ENABLED&health=UNKNOWN")).hasSize(3);
    assertThat(names("/subnets?vpcId=" + site.vpc())).containsExactly("net");
    assertThat(names("/subnets?vpcId=" + site.vpc() + "&cidr=10.0.0.0/25")).isEmpty();
    assertThat(names("/subnets?vpcId=" + site.vpc() + "&cidr=10.0.0.0/24")).hasSize(1);
  }

  @Test
  void whatAListDoesNotHaveIsRefusedAllAtOnceNamingWhatItHas() {
    Answer refused =
        get("/pools/" + pool + "/members?colour=red&mode=SLEEPING&port=x&orderBy=price");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().at("/errors").valueStream().map(it -> it.at("/code").asString()))
        .containsExactlyInAnyOrder(
            "unknown-filter", "invalid-filter", "invalid-filter", "unknown-order");
    assertThat(refused.body().at("/errors").toString())
        .contains("name, address, port, mode, health")
        .contains("ENABLED, DISABLED, DRAINING")
        .contains("createTime, name, address");
    assertThat(get("/data-centers?format=pdf").status()).isEqualTo(422);
  }

  @Test
  void aCsvFileHasEveryFieldAndNoFormula() {
    patch(
        "/members/" + get("/pools/" + pool + "/members?name=two").text("/items/0/id"),
        JSON.writeValueAsString(Map.of("name", HOSTILE, "remark", "-1+1")));
    Answer file = call("GET", "/pools/" + pool + "/members", null, Map.of("Accept", "text/csv"));
    assertThat(file.headers().firstValue("Content-Type")).contains("text/csv;charset=UTF-8");
    assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
        .matches("attachment; filename=\"members-\\d{8}T\\d{6}Z\\.csv\"");
    String text = file.body().asString();
    assertThat(text).startsWith("\uFEFFid,poolId,loadBalancerId,name,remark,address,port,weight");
    assertThat(text.lines()).hasSize(4);
    assertThat(text)
        .contains("\r\n")
        .contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"a, b\"\")\",'-1+1,");
  }

  @Test
  void anExcelFileReadsBackTheSame() throws IOException {
    String path = "/pools/" + pool + "/members?orderBy=address&format=xlsx";
    try (var workbook = new XSSFWorkbook(new ByteArrayInputStream(bytes(path)))) {
      List<Row> rows = StreamSupport.stream(workbook.getSheetAt(0).spliterator(), false).toList();
      List<String> columns =
          StreamSupport.stream(rows.getFirst().spliterator(), false)
              .map(Cell::getStringCellValue)
              .toList();
      assertThat(rows).hasSize(4);
      Cell weight = rows.get(1).getCell(columns.indexOf("weight"));
      assertThat(weight.getCellType()).isEqualTo(CellType.NUMERIC);
      assertThat(weight.getNumericCellValue()).isEqualTo(50);
      assertThat(rows.get(1).getCell(columns.indexOf("name")).getStringCellValue())
          .isEqualTo("two");
    }
  }

  @Test
  void aFileHoldsTheWholeFilteredListHoweverLongItIs() {
    String members =
        IntStream.range(0, 1000)
            .mapToObj(i ->
                "{\"name\":\"m%d\",\"address\":\"10.2.%d.%d\",\"port\":80}"
                    .formatted(i, i / 250, i % 250 + 1))
            .collect(Collectors.joining(","));
    assertThat(
            call("PUT", "/pools/" + pool + "/members", "{\"members\":[" + members + "]}", Map.of())
                .status())
        .isEqualTo(200);
    String file =
        get("/pools/" + pool + "/members?format=csv&pageSize=1&orderBy=address%20desc")
            .body()
            .asString();
    List<String> names = file.lines().skip(1).map(line -> line.split(",", -1)[3]).toList();
    assertThat(names).hasSize(1000).doesNotHaveDuplicates().startsWith("m999", "m998");
    assertThat(get("/pools/" + pool + "/members?format=csv&q=10.2.1.").body().asString().lines())
        .hasSize(251);
  }

  @Test
  void everyListCanBeHadAsAFile() {
    JsonNode api = send("GET", "/api/v1/openapi.json", null, Map.of(), null).body();
    String balancer = get("/load-balancers?pageSize=1").text("/items/0/id");
    List<String> lists = new ArrayList<>();
    api.at("/paths")
        .properties()
        .forEach(path -> {
          if (path.getValue().at("/get/responses/200/content").has("text/csv"))
            lists.add(path.getKey());
        });
    assertThat(lists).contains("/api/v1/load-balancers", "/api/v1/vpcs", "/api/v1/nodes");
    for (String list : lists) {
      // Those of other things have their own tests, and without a master key there are no
      // certificates.
      if (list.contains("{") && !list.startsWith("/api/v1/load-balancers/{id}/")) continue;
      if (list.endsWith("/certificates")) continue;
      String path = list.replace("{id}", balancer);
      Answer file = send("GET", path + "?format=csv", null, Map.of(), adminKey());
      assertThat(file.status()).as(path + " " + file.body()).isEqualTo(200);
      assertThat(file.body().asString()).as(path).startsWith("\uFEFFid,");
    }
  }

  @Test
  void aFileOfSomebodyElsesListIsNotFound() {
    Answer none = get("/pools/pool_00000000000000000000000000/members?format=csv");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(none.headers().firstValue("Content-Disposition")).isEmpty();
  }
}
