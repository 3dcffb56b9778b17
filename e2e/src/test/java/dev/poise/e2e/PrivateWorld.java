package dev.poise.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The tests of this class break things that others need: they get a world of their own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface PrivateWorld {}
