package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HandshakesTest {
  @Test
  void readsWhatOpensslPrints() {
    String output =
        """
        Collecting connection statistics for 2 seconds
        tttttttttttttttttt

        536 connections in 0.29s; 1848.28 connections/user sec, bytes read 45024
        536 connections in 3 real seconds, 84 bytes read per connection
        """;
    assertThat(Handshakes.parse(output)).isEqualTo(536);
  }

  @Test
  void aClientThatGaveUpIsAnError() {
    assertThatThrownBy(() -> Handshakes.parse("ERROR\nBIO_connect:Connection refused"))
        .hasMessageContaining("Connection refused");
  }
}
