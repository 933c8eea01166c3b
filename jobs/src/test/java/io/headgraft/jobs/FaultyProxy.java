package io.headgraft.jobs;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between a client and an S3 server, one request a connection, and lets some of the requests
 * fail at random in the ways in which S3 and networks do.
 */
final class FaultyProxy implements AutoCloseable {

  /** How a request fails. */
  enum Fault {
    /** The server does not take it: 503. */
    SLOW_DOWN,
    /** The server does not do it: 500. */
    INTERNAL_ERROR,
    /** The server does it, and says 500. */
    DONE_AND_ERROR,
    /** The connection is cut before the server hears of it. */
    CUT_REQUEST,
    /** The server does it, and the connection is cut before it says so. */
    DONE_AND_CUT,
    /** The connection is cut in the middle of the answer. */
    CUT_ANSWER
  }

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
  private static final Pattern HOP_HEADERS = Pattern.compile("(?im)^(connection|expect):.*\r\n");

  private final URI server;
  private final double share;
  private final Random random;
  private final ServerSocket socket;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "faulty-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
  private int requests;

  /**
   * Starts.
   *
   * @param share of the requests that fail, in [0, 1)
   */
  FaultyProxy(URI server, double share, long seed) throws IOException {
    this.server = server;
    this.share = share;
    this.random = new Random(seed);
    this.socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Where clients reach it. */
  URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Requests so far, those that failed included. */
  synchronized int requests() {
    return requests;
  }

  /** How many requests have failed, and how. */
  synchronized Map<Fault, Integer> faults() {
    return new EnumMap<>(faults);
  }

  private synchronized Optional<Fault> draw() {
    requests++;
    if (random.nextDouble() >= share) {
      return Optional.empty();
    }
    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
    faults.merge(fault, 1, Integer::sum);
    return Optional.of(fault);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        // Closed, or a client that has gone again.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String head = head(in);
      if (!head.isEmpty()) {
        answer(head, in, client.getOutputStream(), draw().orElse(null));
      }
    } catch (IOException e) {
      // The client has gone, as clients may.
    }
  }

  private void answer(String head, InputStream in, OutputStream out, Fault fault)
      throws IOException {
    if (fault == Fault.CUT_REQUEST) {
      return;
    }
    byte[] body = body(head, in, out);
    if (fault == null) {
      out.write(forward(head, body));
      return;
    }
    switch (fault) {
      case SLOW_DOWN -> out.write(error(head, "503 Slow Down", "SlowDown"));
      case INTERNAL_ERROR -> out.write(error(head, "500 Internal Server Error", "InternalError"));
      case DONE_AND_ERROR -> {
        forward(head, body);
        out.write(error(head, "500 Internal Server Error", "InternalError"));
      }
      case DONE_AND_CUT -> forward(head, body);
      case CUT_ANSWER -> out.write(firstHalf(forward(head, body)));
      case CUT_REQUEST -> throw new IllegalStateException();
    }
  }

  private static byte[] firstHalf(byte[] answer) {
    int body = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
    return Arrays.copyOf(answer, body < answer.length ? (body + answer.length) / 2 : body / 2);
  }

  /** Up to the empty line and with it; empty if the connection ends before. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static byte[] body(String head, InputStream in, OutputStream out) throws IOException {
    Matcher length = LENGTH.matcher(head);
    if (!length.find()) {
      return new byte[0];
    }
    if (head.toLowerCase(Locale.ROOT).contains("100-continue")) {
      out.write(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    return in.readNBytes(Integer.parseInt(length.group(1)));
  }

  private byte[] forward(String head, byte[] body) throws IOException {
    String own = HOP_HEADERS.matcher(head).replaceAll("");
    try (Socket connection = new Socket(server.getHost(), server.getPort())) {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.write(bytes(own.substring(0, own.length() - 2) + "Connection: close\r\n\r\n"));
      request.write(body);
      connection.getOutputStream().write(request.toByteArray());
      return connection.getInputStream().readAllBytes();
    }
  }

  private static byte[] error(String head, String status, String code) {
    String text =
        head.startsWith("HEAD ")
            ? ""
            : "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>by lot</Message></Error>"
                .formatted(code);
    return bytes(
        "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(status, text.length(), text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
