package dev.poise.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AddressesTest extends ApiTest {
  @Test
  void concurrentCreatesNeverGetTheSameAddress() throws Exception {
    Site site = site();
    List<Callable<Answer>> creates =
        IntStream.range(0, 40)
            .<Callable<Answer>>mapToObj(i ->
                () ->
                    post(
                        "/load-balancers",
                        "{\"name\":\"lb\",\"subnetId\":\"" + site.subnet() + "\"}"))
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> addresses =
          threads.invokeAll(creates).stream()
              .map(Future::resultNow)
              .map(answer -> answer.text("/address"))
              .toList();
      assertThat(addresses).doesNotHaveDuplicates().hasSize(40).contains("10.0.0.1", "10.0.0.40");
    }
  }

  @Test
  void givesTheLowestFreeOneAndSaysWhenThereIsNone() {
    Site site = site();
    String subnet =
        made(
                "/subnets",
                "{\"name\":\"small\",\"vpcId\":\"%s\",\"cidr\":\"10.9.0.0/30\"}"
                    .formatted(site.vpc()))
            .text("/id");
    String body = "{\"name\":\"lb\",\"subnetId\":\"" + subnet + "\"}";
    String second = "{\"name\":\"lb\",\"address\":\"10.9.0.2\",\"subnetId\":\"" + subnet + "\"}";
    assertThat(made("/load-balancers", second).text("/address")).isEqualTo("10.9.0.2");
    assertThat(post("/load-balancers", second).text("/type")).isEqualTo("/problems/address-in-use");
    assertThat(made("/load-balancers", body).text("/address")).isEqualTo("10.9.0.1");
    Answer full = post("/load-balancers", body);
    assertThat(full.status()).isEqualTo(409);
    assertThat(full.text("/type")).isEqualTo("/problems/address-exhausted");
    Answer outside =
        post(
            "/load-balancers",
            "{\"name\":\"lb\",\"address\":\"10.8.0.2\",\"subnetId\":\"" + subnet + "\"}");
    assertThat(outside.status()).isEqualTo(422);
    assertThat(outside.text("/errors/0/pointer")).isEqualTo("/address");
  }

  @Test
  void subnetsOfAVpcDoNotOverlapButThoseOfTwoMay() {
    Site one = site();
    Site other = site();
    Answer overlapping =
        post(
            "/subnets",
            "{\"name\":\"b\",\"vpcId\":\"%s\",\"cidr\":\"10.0.0.0/16\"}".formatted(one.vpc()));
    assertThat(overlapping.status()).isEqualTo(409);
    assertThat(overlapping.text("/type")).isEqualTo("/problems/range-overlaps");
    assertThat(overlapping.text("/detail")).contains("net (10.0.0.0/24)");
    assertThat(get("/subnets/" + other.subnet()).text("/cidr")).isEqualTo("10.0.0.0/24");
  }
}
