package dev.poise.e2e;

/** Something that can be a member. */
interface Destination {
  String name();

  String address();

  int port();
}
