package io.headgraft.backbone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A web server on the loopback interface that answers well or badly, and counts its requests. */
final class FileServer implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();

  FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  /** The address of a path of this server. */
  URI uri(String path) {
    return URI.create("http://localhost:" + server.getAddress().getPort() + path);
  }

  /** How many requests there were. */
  int requests() {
    return requests.get();
  }

  /** Answers with {@code content}. */
  void serve(String path, byte[] content) {
    serve(path, content, content.length);
  }

  /** Announces {@code announced} bytes (0: an unknown number), sends {@code content}, hangs up. */
  void serve(String path, byte[] content, long announced) {
    handle(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, announced);
          exchange.getResponseBody().write(content);
        });
  }

  /** Answers with a status and nothing else. */
  void serveStatus(String path, int status) {
    handle(path, exchange -> exchange.sendResponseHeaders(status, -1));
  }

  /** Redirects to another path. */
  void serveRedirect(String path, String to) {
    handle(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", uri(to).toString());
          exchange.sendResponseHeaders(302, -1);
        });
  }

  /** Does not answer before it is closed. */
  void serveNothing(String path) {
    handle(path, exchange -> awaitClose());
  }

  /**
   * Announces {@code announced} bytes, sends {@code content} and then nothing until it is closed.
   */
  void serveSlowly(String path, byte[] content, long announced) {
    handle(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, announced);
          exchange.getResponseBody().write(content);
          exchange.getResponseBody().flush();
          awaitClose();
        });
  }

  private void handle(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          requests.incrementAndGet();
          handleAndHangUp(exchange, handler);
        });
  }

  private static void handleAndHangUp(HttpExchange exchange, HttpHandler handler)
      throws IOException {
    try {
      handler.handle(exchange);
    } finally {
      exchange.close();
    }
  }

  private void awaitClose() {
    try {
      closed.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
