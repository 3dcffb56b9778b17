package dev.poise.e2e;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests their {@link World}: all classes share one, those with {@link PrivateWorld} get their
 * own. Prints the evidence when a test fails and clears up behind each.
 */
final class Worlds implements ParameterResolver, AfterTestExecutionCallback, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(Worlds.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == World.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return world(context);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(failure ->
            System.out.println(
                context.getDisplayName() + ": " + failure + "\n" + world(context).evidence()));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    world(context).afterTest();
  }

  private static World world(ExtensionContext context) {
    Class<?> test = context.getRequiredTestClass();
    boolean ownWorld = test.isAnnotationPresent(PrivateWorld.class);
    // The store closes what is in it: at the end of the class, or of the whole run.
    ExtensionContext owner = ownWorld ? classOf(context) : context.getRoot();
    // A store shows what those above it hold: under one key all would be the shared world.
    String key = ownWorld ? "world of " + test.getName() : "world";
    return owner.getStore(NAMESPACE).computeIfAbsent(key, _ -> World.start(), World.class);
  }

  private static ExtensionContext classOf(ExtensionContext context) {
    ExtensionContext owner = context;
    while (owner.getTestMethod().isPresent()) owner = owner.getParent().orElseThrow();
    return owner;
  }
}
