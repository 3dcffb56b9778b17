package dev.poise.spec;

/** The PROXY protocol towards members of a TCP listener. */
public enum ProxyProtocol {
  /** Members see the node as the client. */
  NONE,
  /** One line of text. */
  V1,
  /** The binary form. */
  V2
}
