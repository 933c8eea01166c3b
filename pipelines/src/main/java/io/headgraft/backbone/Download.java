package io.headgraft.backbone;

import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One file fetched over HTTP, once, within a time and a size; each failure has its own message. */
final class Download {

  /** How to do without a download. */
  static final String WAY_OUT = "give a backbone with --backbone FILE or set HEADGRAFT_BACKBONE";

  /** Many times a backbone, and too little to fill a disk. */
  static final long LIMIT_BYTES = 64L << 20;

  /** Without a network, the user hears of it soon. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Till the answer begins: the look-up of the host's name, which no other limit covers, included.
   */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private static final int BUFFER_BYTES = 1 << 16;
  private static final long UNKNOWN = -1;

  private final URI uri;
  private final Duration timeout;
  private final long start = System.nanoTime();
  private long announced = UNKNOWN;
  private long received;

  /** Gets {@code uri}, in at most {@code timeout} from now. */
  Download(URI uri, Duration timeout) {
    this.uri = uri;
    this.timeout = timeout;
  }

  /** A failure to get {@code uri}. */
  static HeadgraftException failure(URI uri, String problem, Throwable cause) {
    return HeadgraftException.unusable(
        "Cannot fetch %s: %s. Instead, %s.".formatted(uri, problem, WAY_OUT), cause);
  }

  /**
   * Fetches it.
   *
   * @param file where to; on a failure it is left incomplete
   * @throws HeadgraftException (unusable) if the network or the server fails
   * @throws IOException if {@code file} cannot be written
   */
  void to(Path file) throws IOException {
    HttpResponse<InputStream> response = send();
    try (InputStream body = response.body();
        OutputStream out = Files.newOutputStream(file)) {
      requireOk(response);
      closeWhenTimeIsUp(body);
      copy(body, out);
    }
  }

  private HttpResponse<InputStream> send() {
    try {
      return client().send(request(), BodyHandlers.ofInputStream());
    } catch (HttpConnectTimeoutException e) {
      throw failure("no connection within " + seconds(shorter(CONNECT_TIMEOUT)), e);
    } catch (HttpTimeoutException e) {
      throw failure("no answer within " + seconds(shorter(ANSWER_TIMEOUT)), e);
    } catch (ConnectException e) {
      throw failure(noConnection(e), e);
    } catch (IOException e) {
      throw failure("the connection failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted", e);
    }
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .version(Version.HTTP_1_1)
        .followRedirects(Redirect.NORMAL)
        .connectTimeout(shorter(CONNECT_TIMEOUT))
        .build();
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(uri).timeout(shorter(ANSWER_TIMEOUT)).build();
  }

  /** Why there is none stands somewhere among the causes; of a refusal the client says nothing. */
  private static String noConnection(ConnectException failure) {
    List<Throwable> causes =
        Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause).toList();
    if (causes.stream().anyMatch(UnresolvedAddressException.class::isInstance)) {
      return "unknown host (no network?)";
    }
    return causes.stream()
        .map(Throwable::getMessage)
        .filter(Objects::nonNull)
        .findFirst()
        .map(message -> "no connection: " + message)
        .orElse("connection refused");
  }

  private void requireOk(HttpResponse<?> response) {
    if (response.statusCode() != 200) {
      throw failure("HTTP status %d, expected 200".formatted(response.statusCode()), null);
    }
    announced = response.headers().firstValueAsLong("Content-Length").orElse(UNKNOWN);
    requireWithinLimit(announced);
  }

  private void requireWithinLimit(long bytes) {
    if (bytes > LIMIT_BYTES) {
      throw failure("%d bytes or more, expected at most %d".formatted(bytes, LIMIT_BYTES), null);
    }
  }

  /** The client limits the time till the answer begins, not how long the answer takes. */
  private void closeWhenTimeIsUp(InputStream body) {
    CompletableFuture.delayedExecutor(timeout.toNanos() - elapsedNanos(), TimeUnit.NANOSECONDS)
        .execute(() -> close(body));
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void copy(InputStream body, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = read(body, buffer); n >= 0; n = read(body, buffer)) {
      received += n;
      requireWithinLimit(received);
      out.write(buffer, 0, n);
    }
  }

  private int read(InputStream body, byte[] buffer) {
    try {
      int count = body.read(buffer);
      if (count < 0 && !isComplete()) {
        throw incomplete(null);
      }
      return count;
    } catch (IOException e) {
      throw incomplete(e);
    }
  }

  /** Where no size was announced, an end that is not of our making is the file's end. */
  private boolean isComplete() {
    return announced == UNKNOWN ? !isTimeUp() : received == announced;
  }

  private HeadgraftException incomplete(IOException cause) {
    String total = announced == UNKNOWN ? "an unknown number of" : Long.toString(announced);
    return failure(
        "%s: %d of %s bytes came"
            .formatted(
                isTimeUp() ? "not complete within " + seconds(timeout) : "cut off",
                received,
                total),
        cause);
  }

  private boolean isTimeUp() {
    return elapsedNanos() >= timeout.toNanos();
  }

  private long elapsedNanos() {
    return System.nanoTime() - start;
  }

  private Duration shorter(Duration limit) {
    return limit.compareTo(timeout) < 0 ? limit : timeout;
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private HeadgraftException failure(String problem, Throwable cause) {
    return failure(uri, problem, cause);
  }
}
