package io.headgraft.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BackboneStoreTest {

  private static final String PATH = "/v1.1/squeezenet_v1.1.caffemodel";
  private static final byte[] CONTENT = CaffeFile.trained().toByteArray();
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final String WAY_OUT =
      "Instead, give a backbone with --backbone FILE or set HEADGRAFT_BACKBONE.";

  @TempDir private Path directory;

  private Path cache;
  private String blob;
  private FileServer server;
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void startServer() throws IOException {
    cache = directory.resolve("cache/headgraft");
    blob = GitBlob.id(Files.write(directory.resolve("content"), CONTENT));
    server = new FileServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void fetchesTheReleasedFile() throws IOException {
    server.serve(PATH, CONTENT);

    Path file = store(LONG).fetch();

    assertThat(file).isEqualTo(cache.resolve(blob + "-squeezenet_v1.1.caffemodel"));
    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(filesInCache()).containsExactly(file);
    assertThat(CaffeModel.convert(Files.readAllBytes(file), file.toString()).isInitialized())
        .isTrue();
  }

  @Test
  void fetchesItOnce() {
    server.serve(PATH, CONTENT);
    assertThat(store(LONG).cached()).isEmpty();

    Path file = store(LONG).fetch();

    assertThat(store(LONG).fetch()).isEqualTo(file);
    assertThat(store(LONG).cached()).contains(file);
    assertThat(server.requests()).isEqualTo(1);
    assertThat(warnings).isEmpty();
  }

  @Test
  void followsRedirects() {
    server.serveRedirect(PATH, "/elsewhere");
    server.serve("/elsewhere", CONTENT);

    assertThat(store(LONG).fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetchesAFileWhoseSizeIsNotAnnounced() {
    server.serve(PATH, CONTENT, 0);

    assertThat(store(LONG).fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void deletesADamagedFileAndFetchesItAnew() throws IOException {
    server.serve(PATH, CONTENT);
    Path file = store(LONG).fetch();
    Files.write(file, new byte[] {1, 2, 3});

    assertThat(store(LONG).cached()).isEmpty();
    assertThat(file).doesNotExist();
    assertThat(warnings)
        .containsExactly(
            "%s was damaged and has been deleted: git blob id %s, expected %s"
                .formatted(file, "aed2973e4b8a7ff1b30ff5c4751e5a2b38989e74", blob));
    assertThat(store(LONG).fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).isEqualTo(2);
  }

  @Test
  void severalStoresMayFetchAtTheSameTime() throws IOException {
    server.serve(PATH, CONTENT);

    List<CompletableFuture<Path>> fetches =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> store(LONG).fetch()))
            .limit(4)
            .toList();

    Path file = cache.resolve(blob + "-squeezenet_v1.1.caffemodel");
    assertThat(fetches).allSatisfy(fetch -> assertThat(fetch.join()).isEqualTo(file));
    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(filesInCache()).containsExactly(file);
    assertThat(warnings).isEmpty();
  }

  @Test
  void refusesAnotherFile() throws IOException {
    server.serve(PATH, "hello\n".getBytes(StandardCharsets.UTF_8));

    assertFailure(store(LONG))
        .hasMessage(
            "Cannot fetch %s: what came (6 bytes) is not the released file: git blob id"
                + " ce013625030ba8dba906f756967f9e9ca394464a, expected %s. %s",
            server.uri(PATH), blob, WAY_OUT);
  }

  @Test
  void reportsADownloadThatIsCutOff() throws IOException {
    server.serve(PATH, new byte[1000], CONTENT.length);

    assertFailure(store(LONG))
        .hasMessage(
            "Cannot fetch %s: cut off: 1000 of %d bytes came. %s",
            server.uri(PATH), CONTENT.length, WAY_OUT);
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 403, 404, 500, 503})
  void reportsAnotherStatus(int status) throws IOException {
    server.serveStatus(PATH, status);

    assertFailure(store(LONG))
        .hasMessage(
            "Cannot fetch %s: HTTP status %d, expected 200. %s", server.uri(PATH), status, WAY_OUT);
  }

  @Test
  void givesUpOnRedirectsWithoutEnd() throws IOException {
    server.serveRedirect(PATH, PATH);

    assertFailure(store(LONG))
        .hasMessage(
            "Cannot fetch %s: HTTP status 302, expected 200. %s", server.uri(PATH), WAY_OUT);
  }

  @Test
  void refusesAFileThatIsTooLarge() throws IOException {
    server.serve(PATH, new byte[1000], Download.LIMIT_BYTES + 1);

    assertFailure(store(LONG))
        .hasMessage(
            "Cannot fetch %s: 67108865 bytes or more, expected at most 67108864. %s",
            server.uri(PATH), WAY_OUT);
  }

  @Test
  void stopsAtTheLimitWhereNoSizeIsAnnounced() throws IOException {
    server.serve(PATH, new byte[(int) Download.LIMIT_BYTES + (1 << 20)], 0);

    assertFailure(store(LONG))
        .hasMessageMatching(
            "Cannot fetch \\S+: \\d+ bytes or more, expected at most 67108864\\. .*");
  }

  @Test
  void reportsAConnectionThatIsRefused() throws IOException {
    URI uri = URI.create("http://localhost:" + freePort() + PATH);

    assertFailure(store(uri, LONG))
        .hasMessage("Cannot fetch %s: connection refused. %s", uri, WAY_OUT);
  }

  @Test
  void reportsAnUnknownHost() throws IOException {
    // By RFC 2606, no name ends in .invalid.
    URI uri = URI.create("http://backbone.invalid" + PATH);

    assertFailure(store(uri, LONG))
        .hasMessage("Cannot fetch %s: unknown host (no network?). %s", uri, WAY_OUT);
  }

  @Test
  void givesUpOnAServerThatDoesNotAnswer() throws IOException {
    server.serveNothing(PATH);

    assertFailure(store(SHORT))
        .hasMessage("Cannot fetch %s: no answer within 1.0 s. %s", server.uri(PATH), WAY_OUT);
  }

  @Test
  void givesUpOnAServerThatStops() throws IOException {
    server.serveSlowly(PATH, new byte[1000], CONTENT.length);

    assertFailure(store(SHORT))
        .hasMessage(
            "Cannot fetch %s: not complete within 1.0 s: 1000 of %d bytes came. %s",
            server.uri(PATH), CONTENT.length, WAY_OUT);
  }

  @Test
  void countsWhatCameWhereNoSizeIsAnnounced() throws IOException {
    server.serveSlowly(PATH, new byte[1000], 0);

    assertFailure(store(SHORT))
        .hasMessage(
            "Cannot fetch %s: not complete within 1.0 s: 1000 of an unknown number of bytes came."
                + " %s",
            server.uri(PATH), WAY_OUT);
  }

  @Test
  void reportsACacheThatCannotBeWritten() throws IOException {
    server.serve(PATH, CONTENT);
    cache = Files.createFile(directory.resolve("file")).resolve("headgraft");

    assertUnusable(store(LONG))
        .hasMessageStartingWith("The cache directory %s cannot be used: ", cache)
        .hasMessageEndingWith(
            ". Set XDG_CACHE_HOME to another, or give a backbone with --backbone FILE or set"
                + " HEADGRAFT_BACKBONE.");
    assertThat(server.requests()).isZero();
  }

  @Test
  void keepsItsCacheWhereXdgSays() {
    Path home = Path.of("/home/ada");

    assertThat(BackboneStore.defaultCacheDirectory("/var/cache/ada", home))
        .isEqualTo(Path.of("/var/cache/ada/headgraft"));
    assertThat(BackboneStore.defaultCacheDirectory(null, home))
        .isEqualTo(Path.of("/home/ada/.cache/headgraft"));
    assertThat(BackboneStore.defaultCacheDirectory("", home))
        .isEqualTo(Path.of("/home/ada/.cache/headgraft"));
    assertThat(BackboneStore.defaultCacheDirectory("relative", home))
        .isEqualTo(Path.of("/home/ada/.cache/headgraft"));
  }

  @Test
  void refusesAReleaseThatIsNone() {
    assertThatThrownBy(() -> new BackboneRelease(URI.create("file:/backbone"), blob))
        .hasMessage("Not an http or https address: file:/backbone");
    assertThatThrownBy(() -> new BackboneRelease(server.uri(PATH), "9d2fc33"))
        .hasMessage("Not the id of a git blob: 9d2fc33");
  }

  private BackboneStore store(Duration timeout) {
    return store(server.uri(PATH), timeout);
  }

  private BackboneStore store(URI uri, Duration timeout) {
    return new BackboneStore(cache, new BackboneRelease(uri, blob), timeout, warnings::add);
  }

  private AbstractThrowableAssert<?, ?> assertFailure(BackboneStore store) throws IOException {
    AbstractThrowableAssert<?, ?> failure = assertUnusable(store);
    assertThat(filesInCache()).isEmpty();
    return failure;
  }

  private static AbstractThrowableAssert<?, ?> assertUnusable(BackboneStore store) {
    return assertThatThrownBy(store::fetch)
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE));
  }

  private List<Path> filesInCache() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.toList();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
