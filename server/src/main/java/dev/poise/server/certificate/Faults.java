package dev.poise.server.certificate;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Refusal;
import java.util.List;

/** The refusals of this package: always one fault, with a code of its own for programs. */
final class Faults {
  static final String CERTIFICATE = "/certificate";
  static final String PRIVATE_KEY = "/privateKey";
  static final String PASSWORD = "/password";

  private Faults() {}

  static Refusal.Invalid fault(String pointer, String code, String detail) {
    return new Refusal.Invalid(List.of(new Fault(pointer, code, detail)));
  }
}
