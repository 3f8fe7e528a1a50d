package dev.eddy.model;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Ed25519 signatures over the 32 bytes of {@link ModelManifest#sha256}, and their keys as PEM text:
 * PKCS#8 for the private, X.509 SubjectPublicKeyInfo for the public one, as OpenSSL writes them.
 */
public final class ModelSignature {
  private static final String ALGORITHM = "Ed25519";
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";

  private ModelSignature() {}

  /**
   * A new pair of keys.
   *
   * @param privateKey PEM
   * @param publicKey PEM
   */
  public record Keys(String privateKey, String publicKey) {
    /** Only the public one. */
    @Override
    public String toString() {
      return publicKey;
    }
  }

  public static Keys newKeys() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      return new Keys(
          pem(PRIVATE, pair.getPrivate().getEncoded()), pem(PUBLIC, pair.getPublic().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java has had Ed25519 since 15", e);
    }
  }

  /**
   * Signs, Base64.
   *
   * @param where stands for the key in messages
   * @throws ModelException if the text is no private Ed25519 key
   */
  public static String sign(ModelManifest manifest, String privateKey, String where) {
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(bytes(PRIVATE, privateKey, where)));
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(HexFormat.of().parseHex(manifest.sha256()));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new ModelException(where + ": not an Ed25519 private key: " + e.getMessage(), e);
    }
  }

  /**
   * A public key.
   *
   * @param where stands for the key in messages
   * @throws ModelException if the text is no public Ed25519 key
   */
  public static PublicKey publicKey(String pem, String where) {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePublic(new X509EncodedKeySpec(bytes(PUBLIC, pem, where)));
    } catch (GeneralSecurityException e) {
      throw new ModelException(where + ": not an Ed25519 public key: " + e.getMessage(), e);
    }
  }

  /**
   * Whether one of the keys has signed it.
   *
   * @throws ModelException if none has
   */
  public static void check(ModelManifest manifest, List<PublicKey> keys) {
    if (manifest.signature().isEmpty()) {
      throw new ModelException(
          manifest.id() + " is not signed; publish it with --sign and one of the keys named here");
    }
    try {
      byte[] signed = Base64.getDecoder().decode(manifest.signature());
      for (PublicKey key : keys) {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initVerify(key);
        signature.update(HexFormat.of().parseHex(manifest.sha256()));
        if (isGood(signature, signed)) {
          return;
        }
      }
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ModelException(
          manifest.id() + ": the signature can't be checked: " + e.getMessage(), e);
    }
    throw new ModelException(
        manifest.id() + ": the signature is of none of the " + keys.size() + " keys named here");
  }

  private static boolean isGood(Signature signature, byte[] signed) {
    try {
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another length
    }
  }

  private static String pem(String kind, byte[] bytes) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
  }

  private static byte[] bytes(String kind, String pem, String where) {
    String begin = "-----BEGIN " + kind + "-----";
    String end = "-----END " + kind + "-----";
    String text = pem.strip();
    if (!text.startsWith(begin) || !text.endsWith(end)) {
      throw new ModelException(where + ": not a key; it begins with " + begin);
    }
    String body = text.substring(begin.length(), text.length() - end.length());
    try {
      return Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new ModelException(where + ": not a key: " + e.getMessage(), e);
    }
  }
}
