package dev.poise.spec;

/**
 * An address of a network interface.
 *
 * @param bits how many leading bits it shares with its neighbours, 0 to 32
 */
public record InterfaceAddress(IpAddress address, int bits) {
  public InterfaceAddress {
    if (bits < 0 || bits > 32) throw new IllegalArgumentException("not 0 to 32 bits: " + bits);
  }

  @Override
  public String toString() {
    return address + "/" + bits;
  }
}
