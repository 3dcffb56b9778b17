package dev.poise.server.app;

import java.time.Clock;
import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The control plane. */
@SpringBootApplication(scanBasePackages = "dev.poise.server", proxyBeanMethods = false)
public class PoiseServer {
  public static void main(String[] arguments) {
    SpringApplication.run(PoiseServer.class, arguments);
  }

  @Bean
  static InstantSource clock() {
    return Clock.tickMillis(java.time.ZoneOffset.UTC);
  }
}
