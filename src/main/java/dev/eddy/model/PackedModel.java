package dev.eddy.model;

import dev.eddy.model.onnx.OnnxImport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A version of a model as it travels: a manifest, and the safetensors bytes (or those of an ONNX
 * file) in chunks that pass through a broker with default limits. Immutable.
 */
public final class PackedModel {
  /**
   * The most bytes of a chunk: a little less than 512 KiB, beyond which the G1 collector gives an
   * array a region, 1 MiB or more, of its own.
   */
  public static final int CHUNK_BYTES = 500 * 1024;

  private final ModelManifest manifest;
  private final List<byte[]> chunks;

  /**
   * Joins what was received.
   *
   * @param chunks not copied; whoever gets them must not change them
   */
  public PackedModel(ModelManifest manifest, List<byte[]> chunks) {
    this.manifest = manifest;
    this.chunks = chunks instanceof FileChunks ? chunks : List.copyOf(chunks);
  }

  /** As below, where the file leaves nothing open. */
  public static PackedModel of(
      Path file, String name, long version, String layout, Provenance provenance) {
    return of(new ModelFile(file, ImportOptions.NONE), name, version, layout, provenance);
  }

  /**
   * Packs a model as it is in its files: the YAML description and its weights, or an ONNX file as
   * it is, with a description that says how it is read. The weights stay in their file.
   *
   * @param layout see {@link ModelManifest#layout}
   * @throws ModelException if a file can't be read
   */
  public static PackedModel of(
      ModelFile file, String name, long version, String layout, Provenance provenance) {
    MessageDigest digest = sha256();
    List<Long> checks = new ArrayList<>();
    boolean isOnnx = Model.isOnnx(file.path());
    String description = isOnnx ? OnnxDescription.text(file.options()) : text(file.path());
    Path weights = isOnnx ? file.path() : ModelDescription.weights(file.path());
    long length = 0;
    try (InputStream in = Files.newInputStream(weights)) {
      byte[] chunk = in.readNBytes(CHUNK_BYTES);
      while (chunk.length > 0) {
        checks.add(FileChunks.check(chunk));
        digest.update(chunk);
        length += chunk.length;
        chunk = in.readNBytes(CHUNK_BYTES);
      }
    } catch (IOException e) {
      throw unreadable(weights, e);
    }
    ModelManifest manifest =
        new ModelManifest(
            name,
            version,
            description,
            length,
            checks.size(),
            HexFormat.of().formatHex(digest.digest()),
            layout,
            provenance,
            "");
    return new PackedModel(manifest, new FileChunks(weights, CHUNK_BYTES, length, checks));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static ModelException unreadable(Path file, IOException e) {
    return new ModelException(
        e instanceof NoSuchFileException
            ? file + ": no such file"
            : file + ": can't be read: " + e.getMessage(),
        e);
  }

  public ModelManifest manifest() {
    return manifest;
  }

  /**
   * The safetensors bytes; not a copy. Of a model packed from its files each is read when it is
   * asked for.
   */
  public List<byte[]> chunks() {
    return chunks;
  }

  /** The same, signed. */
  public PackedModel signed(String signature) {
    return new PackedModel(manifest.signed(signature), chunks);
  }

  /**
   * Whether the chunks are those that the manifest speaks of.
   *
   * @throws ModelException if they aren't
   */
  public void checkTensors() {
    MessageDigest digest = sha256();
    long length = 0;
    for (byte[] chunk : chunks) {
      digest.update(chunk);
      length += chunk.length;
    }
    if (length != manifest.tensorBytes()) {
      throw new ModelException(
          manifest.id()
              + ": the tensors have "
              + length
              + " bytes, "
              + manifest.tensorBytes()
              + " were published");
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(manifest.tensorsSha256())) {
      throw new ModelException(
          manifest.id()
              + ": the tensors' checksum is "
              + found
              + ", published was "
              + manifest.tensorsSha256());
    }
  }

  /**
   * Whether it can be read from what is packed alone.
   *
   * @throws ModelException if it can't, as where weights are in a file beside it
   */
  public void checkAsReadersWill() {
    try {
      model();
    } catch (ModelException e) {
      throw new ModelException(
          e.getMessage() + "; what is published must hold all its weights itself", e);
    }
  }

  /**
   * Unpacks it, under the name and the version that it was published as.
   *
   * @throws ModelException if weights and description don't go together
   * @throws YamlException if the description can't be used
   */
  public Model model() {
    String source = manifest.name() + "/" + manifest.version();
    Optional<ImportOptions> onnx = OnnxDescription.options(manifest.description(), source);
    if (onnx.isPresent()) {
      return onnx(onnx.get()).named(manifest.name(), manifest.version());
    }
    return ModelDescription.read(
            manifest.description(),
            source,
            manifest.name(),
            () -> SafeTensors.read(source + " tensors", chunks))
        .named(manifest.name(), manifest.version());
  }

  /** By way of a file in a folder of its own, where weights beside it would have to be. */
  private Model onnx(ImportOptions options) {
    Path folder = null;
    Path file = null;
    try {
      folder = Files.createTempDirectory("eddy-model-");
      file = folder.resolve(manifest.name() + "-" + manifest.version() + ".onnx");
      try (OutputStream out = Files.newOutputStream(file)) {
        for (byte[] chunk : chunks) {
          out.write(chunk);
        }
      }
      return OnnxImport.read(file, options);
    } catch (IOException e) {
      throw new ModelException(
          manifest.id() + ": can't be unpacked to a temporary file: " + e.getMessage(), e);
    } finally {
      remove(file);
      remove(folder);
    }
  }

  private static void remove(Path path) {
    try {
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      path.toFile().deleteOnExit(); // what can't be removed now may be at the end
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
