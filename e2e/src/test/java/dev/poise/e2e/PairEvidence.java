package dev.poise.e2e;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Prints what helps to understand why a test with a {@link Pair} failed. */
final class PairEvidence implements AfterTestExecutionCallback {
  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(failure ->
            System.out.println(
                context.getDisplayName() + ": " + failure + "\n" + Pair.evidenceOfAll()));
  }
}
