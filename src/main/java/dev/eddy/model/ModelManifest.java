package dev.eddy.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * All of a version of a model but its tensors, for which it has a checksum. Immutable.
 *
 * @param name as in {@link Model#name}
 * @param version as in {@link Model#version}
 * @param description the YAML text
 * @param tensorBytes length of the safetensors bytes
 * @param chunks how many pieces they are in
 * @param tensorsSha256 of the safetensors bytes, lower-case hexadecimal
 * @param layout fingerprint of the network's state layout, for people to see
 * @param provenance where it comes from
 * @param signature {@link ModelSignature} over {@link #sha256}; empty for none
 */
public record ModelManifest(
    String name,
    long version,
    String description,
    long tensorBytes,
    int chunks,
    String tensorsSha256,
    String layout,
    Provenance provenance,
    String signature) {
  /** The largest version that can be published. */
  public static final long MAX_VERSION = 999_999_999_999_999_999L;

  public ModelManifest {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(tensorsSha256, "tensorsSha256");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(provenance, "provenance");
    Objects.requireNonNull(signature, "signature");
    if (!Model.isName(name) || version < 1 || version > MAX_VERSION) {
      throw new ModelException(
          "\""
              + name
              + "\" version "
              + version
              + " is not a name and a version of a model; a version is 1 to "
              + MAX_VERSION);
    }
    if (tensorBytes < 0 || chunks < 0) {
      throw new ModelException(
          "model \"" + name + "\" version " + version + ": a negative length or number of chunks");
    }
  }

  /** The same, signed. */
  public ModelManifest signed(String signature) {
    return new ModelManifest(
        name,
        version,
        description,
        tensorBytes,
        chunks,
        tensorsSha256,
        layout,
        provenance,
        signature);
  }

  /** Whether both are the same version of the same model; provenance and signature may differ. */
  public boolean hasContentOf(ModelManifest other) {
    return name.equals(other.name)
        && version == other.version
        && description.equals(other.description)
        && tensorsSha256.equals(other.tensorsSha256);
  }

  /** Bytes of description and tensors; a manifest can claim more than there ever was. */
  public long size() {
    long length = description.getBytes(StandardCharsets.UTF_8).length;
    return Math.min(tensorBytes, Long.MAX_VALUE - length) + length;
  }

  /** As messages name it: {@code model "pumps" version 7}. */
  public String id() {
    return "model \"" + name + "\" version " + version;
  }

  /**
   * SHA-256 over everything but the signature, lower-case hexadecimal. Each text goes in as UTF-8
   * with its length before it, each number as 8 bytes, big-endian, in the order of the fields.
   */
  public String sha256() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      text(out, name);
      out.writeLong(version);
      text(out, description);
      out.writeLong(tensorBytes);
      out.writeLong(chunks);
      text(out, tensorsSha256);
      text(out, layout);
      text(out, provenance.who());
      out.writeLong(provenance.when().toEpochMilli());
      text(out, provenance.source());
      out.writeLong(provenance.notes().size());
      for (Map.Entry<String, String> note : provenance.notes().entrySet()) {
        text(out, note.getKey());
        text(out, note.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return HexFormat.of().formatHex(PackedModel.sha256().digest(bytes.toByteArray()));
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeLong(bytes.length);
    out.write(bytes);
  }
}
