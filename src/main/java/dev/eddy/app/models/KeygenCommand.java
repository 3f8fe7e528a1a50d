package dev.eddy.app.models;

import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.model.ModelSignature;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a pair of keys. */
@Command(
    name = "keygen",
    description =
        "Make a pair of Ed25519 keys: FILE.key to sign with, FILE.pub for models.public-keys of a"
            + " config.")
final class KeygenCommand implements Runnable {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "Where, without the ending.")
  private String file;

  KeygenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    ModelSignature.Keys keys = ModelSignature.newKeys();
    Path privateKey = Path.of(file + ".key");
    Path publicKey = Path.of(file + ".pub");
    if (Files.exists(publicKey)) {
      throw new UserException(publicKey + ": is there already; name another file");
    }
    write(privateKey, keys.privateKey(), onlyMine());
    write(publicKey, keys.publicKey());
    terminal.err().println(privateKey + " is to be kept secret; " + publicKey + " is for configs");
  }

  private static FileAttribute<?>[] onlyMine() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void write(Path path, String text, FileAttribute<?>... attributes) {
    try (var channel =
        Files.newByteChannel(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      channel.write(
          java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    } catch (FileAlreadyExistsException e) {
      throw new UserException(path + ": is there already; name another file", e);
    } catch (NoSuchFileException e) {
      throw new UserException(path + ": no such folder", e);
    } catch (IOException e) {
      throw new OutsideException(path + ": can't be written: " + e.getMessage(), e);
    }
  }
}
