package dev.poise.server.loadbalancer;

/** From where a load balancer is reached. */
public enum NetworkType {
  /** From its VPC, at an address of its subnet. */
  INTERNAL,

  /** From the world too, at an elastic IP, while one is bound. */
  INTERNET
}
