package io.headgraft.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** This machine's own Chromium, without a window and without a network. */
public final class Chromium implements AutoCloseable {

  private final ChromeDriver driver;

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * Starts it. Where it is not installed the test is skipped, except in continuous integration
   * (HEADGRAFT_CI or the property headgraft.ci is set), where it fails.
   */
  public static Chromium start() {
    Path browser = Path.of("/usr/bin/chromium");
    Path chromedriver = Path.of("/usr/bin/chromedriver");
    boolean needed =
        System.getenv("HEADGRAFT_CI") != null || System.getProperty("headgraft.ci") != null;
    assumeTrue(
        needed || (Files.exists(browser) && Files.exists(chromedriver)),
        "Neither "
            + browser
            + " nor "
            + chromedriver
            + " may be missing: install Debian's chromium and chromium-driver");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--force-device-scale-factor=1");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.toFile())
            .usingAnyFreePort()
            .build();
    Chromium chromium = new Chromium(new ChromeDriver(service, options));
    chromium.command("Network.enable", Map.of());
    chromium.command(
        "Network.emulateNetworkConditions",
        Map.of("offline", true, "latency", 0, "downloadThroughput", 0, "uploadThroughput", 0));
    return chromium;
  }

  /** Opens a file from disk. */
  public void open(Path page) {
    driver.get(page.toUri().toString());
  }

  /**
   * Makes the window so wide, in CSS pixels.
   *
   * @param scheme light or dark
   */
  public void show(int width, String scheme) {
    command(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", width < 600));
    command(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    // A frame later, everything has its new size.
    driver.executeAsyncScript(
        "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done())));");
  }

  /** What a function's body returns, as JSON has it: maps, lists, strings, numbers. */
  public Object evaluate(String body, Object... arguments) {
    return driver.executeScript(body, arguments);
  }

  /** Presses keys, one after the other, where the focus is. */
  public void type(CharSequence keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** What the page and the browser wrote into the console since the last call. */
  public List<String> console() {
    return entries(LogType.BROWSER)
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** The addresses of everything that was asked for since the last call. */
  public List<String> requests() {
    List<String> requests = new ArrayList<>();
    entries(LogType.PERFORMANCE)
        .map(entry -> json(entry.getMessage()).path("message"))
        .filter(event -> event.path("method").asText().equals("Network.requestWillBeSent"))
        .forEach(event -> requests.add(event.path("params").path("request").path("url").asText()));
    return requests;
  }

  /** The whole page as a PNG, or as much of its top as is given. */
  public byte[] picture(Integer width, Integer height) {
    Map<String, Object> size = command("Page.getLayoutMetrics", Map.of());
    @SuppressWarnings("unchecked")
    Map<String, Object> content = (Map<String, Object>) size.get("cssContentSize");
    Object data =
        command(
                "Page.captureScreenshot",
                Map.of(
                    "captureBeyondViewport",
                    true,
                    "clip",
                    Map.of(
                        "x",
                        0,
                        "y",
                        0,
                        "width",
                        width == null ? content.get("width") : width,
                        "height",
                        height == null ? content.get("height") : height,
                        "scale",
                        1)))
            .get("data");
    return Base64.getDecoder().decode((String) data);
  }

  @Override
  public void close() {
    driver.quit();
  }

  private Stream<LogEntry> entries(String log) {
    return driver.manage().logs().get(log).getAll().stream();
  }

  private Map<String, Object> command(String name, Map<String, Object> parameters) {
    return driver.executeCdpCommand(name, parameters);
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("Chromium's log has no JSON: " + text, e);
    }
  }
}
