import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Fetches a Maven release, checks it and unpacks it: run by mvnw, with nothing but a JDK. */
final class FetchMaven {

  private FetchMaven() {}

  /** Takes the URL, a mirror's URL or nothing, the SHA-512, and the folder to make. */
  public static void main(String[] args) throws Exception {
    try {
      install(url(args[0], args[1]), args[2], Path.of(args[3]));
    } catch (IOException e) {
      System.err.println("mvnw: Maven cannot be fetched from " + url(args[0], args[1]) + ": " + e);
      System.err.println("mvnw: install Maven 3.8.1 or newer, or name a mirror in MVNW_REPOURL");
      System.exit(1);
    }
  }

  private static void install(URI url, String sha512, Path folder) throws Exception {
    Files.createDirectories(folder.getParent());
    Path zip = Files.createTempFile(folder.getParent(), "maven-", ".zip");
    Path unpacked = Files.createTempDirectory(folder.getParent(), "maven-");
    try {
      fetch(url, zip);
      requireHash(zip, sha512);
      unpack(zip, unpacked);
      Files.move(unpacked.resolve(folder.getFileName()), folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(zip);
      deleteTree(unpacked);
    }
  }

  private static URI url(String official, String mirror) {
    if (mirror.isEmpty()) {
      return URI.create(official);
    }
    String name = official.substring(official.lastIndexOf('/') + 1);
    String version = name.replaceFirst("^apache-maven-", "").replaceFirst("-bin\\.zip$", "");
    return URI.create(
        mirror.replaceFirst("/+$", "") + "/org/apache/maven/apache-maven/" + version + "/" + name);
  }

  private static void fetch(URI url, Path zip) throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    HttpResponse<Path> response =
        client.send(
            HttpRequest.newBuilder(url).timeout(Duration.ofMinutes(10)).build(),
            HttpResponse.BodyHandlers.ofFile(zip));
    if (response.statusCode() != 200) {
      throw new IOException("the server answers " + response.statusCode());
    }
  }

  private static void requireHash(Path zip, String expected) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip));
    if (!HexFormat.of().formatHex(hash).equals(expected)) {
      throw new IOException("the download is not the release that it should be (SHA-512)");
    }
  }

  private static void unpack(Path zip, Path folder) throws IOException {
    try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException("the download holds a path that leads out of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          write(entries, target);
        }
      }
    }
  }

  private static void write(InputStream content, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Files.copy(content, target);
    if (target.getParent().endsWith("bin") && !target.toFile().setExecutable(true)) {
      throw new IOException(target + " cannot be made executable");
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
