package dev.poise.server.platform;

/** Vaults of other master keys than the server's. */
public final class Vaults {
  private Vaults() {}

  public static Vault of(String masterKeys) {
    return new Vault(new MasterKeys(masterKeys, ""));
  }
}
