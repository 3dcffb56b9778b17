package dev.poise.server.certificate;

import dev.poise.server.platform.Refusal;
import java.math.BigInteger;
import java.security.Provider;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.PBEParameter;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;

/**
 * Opens what is encrypted with a password, unless that would take too long: the file itself says
 * how many rounds a password goes through, and a hostile one says two thousand million.
 */
final class Encryption {
  static final Provider PROVIDER = new BouncyCastleProvider();
  static final String DECRYPTED = "The private key was decrypted with the password.";

  private static final BigInteger MOST_ROUNDS = BigInteger.valueOf(2_000_000);
  private static final BigInteger MOST_SCRYPT_BLOCKS = BigInteger.valueOf(1 << 19);
  private static final BigInteger MOST_SCRYPT_PASSES = BigInteger.valueOf(16);

  private Encryption() {}

  static InputDecryptorProvider openedBy(String pointer, char[] password) {
    InputDecryptorProvider opener =
        new JcePKCSPBEInputDecryptorProviderBuilder().setProvider(PROVIDER).build(password);
    return algorithm -> {
      requireCheap(pointer, algorithm);
      return opener.get(algorithm);
    };
  }

  /** Bouncy Castle wraps what its callbacks throw; a refusal in it goes on as what it is. */
  static void passOnRefusal(Exception e) {
    if (e.getCause() instanceof Refusal refusal) throw refusal;
  }

  static void requireCheap(String pointer, BigInteger rounds) {
    if (rounds.compareTo(MOST_ROUNDS) > 0) throw tooCostly(pointer);
  }

  static void requireCheap(String pointer, AlgorithmIdentifier algorithm) {
    ASN1ObjectIdentifier id = algorithm.getAlgorithm();
    if (id.equals(PKCSObjectIdentifiers.id_PBES2)) {
      PBES2Parameters parts = PBES2Parameters.getInstance(algorithm.getParameters());
      requireCheap(
          pointer, AlgorithmIdentifier.getInstance(parts.getKeyDerivationFunc().toASN1Primitive()));
    } else if (id.equals(PKCSObjectIdentifiers.id_PBKDF2)) {
      requireCheap(
          pointer, PBKDF2Params.getInstance(algorithm.getParameters()).getIterationCount());
    } else if (id.equals(MiscObjectIdentifiers.id_scrypt)) {
      ScryptParams scrypt = ScryptParams.getInstance(algorithm.getParameters());
      BigInteger blocks = scrypt.getCostParameter().multiply(scrypt.getBlockSize());
      if (blocks.compareTo(MOST_SCRYPT_BLOCKS) > 0
          || scrypt.getParallelizationParameter().compareTo(MOST_SCRYPT_PASSES) > 0) {
        throw tooCostly(pointer);
      }
    } else if (id.on(PKCSObjectIdentifiers.pkcs_12PbeIds)) {
      requireCheap(pointer, PKCS12PBEParams.getInstance(algorithm.getParameters()).getIterations());
    } else if (id.on(PKCSObjectIdentifiers.pkcs_5)) {
      requireCheap(
          pointer, PBEParameter.getInstance(algorithm.getParameters()).getIterationCount());
    }
  }

  private static Refusal tooCostly(String pointer) {
    return Faults.fault(
        pointer,
        "too-costly",
        "It is encrypted in a way that takes too long to open. Encrypt it with fewer iterations.");
  }
}
