package dev.poise.server.isolation;

/** Who may use a route, and what the others are told. */
enum Expectation {
  /** Everybody, without a key. */
  OPEN,
  /** The agents of nodes; a key of the API does not open it. */
  AGENTS,
  /** Those who run the platform; others are told that they may not. */
  PLATFORM,
  /** Every tenant gets the same. */
  SHARED,
  /** Every tenant gets its own, and never anything of another one. */
  OWN,
  /** It never ends, so that only its beginning is tried here; what is in it has its own test. */
  STREAM,
  /** It is about the caller and nobody else, and needs more than a key. */
  SELF,
  /** All of a tenant may look; its administrators change. For another tenant it is not found. */
  ADMINISTERED,
  /** For all but its user and the tenant's administrators it is not found. */
  PERSONAL,
  /** For all but its user it is not found. */
  INTIMATE,
  /** The body refers to something of a tenant; for another tenant that is not found. */
  REFERRING,
  /** The address names something of a tenant; for another tenant that is not found. */
  OWNED
}
