package io.headgraft.notebooks;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.rapaio.jupyter.kernel.display.DisplayData;
import org.rapaio.jupyter.kernel.display.DisplayRenderer;
import org.rapaio.jupyter.kernel.display.DisplayTransformer;
import org.rapaio.jupyter.kernel.display.spi.DisplayProvider;

/** Tells the kernel how a cell's value is shown, if it is a chart or a {@link Table}. */
public final class NotebookDisplay implements DisplayProvider {

  @Override
  public List<DisplayRenderer> getDisplayRenderers() {
    return List.of(new ChartRenderer(), new TableRenderer());
  }

  @Override
  public List<DisplayTransformer> getDisplayTransformers() {
    return List.of();
  }

  private static final class ChartRenderer implements DisplayRenderer {

    /** Pixels a dot, so that the picture is sharp on today's screens. */
    private static final int SCALE = 2;

    @Override
    public Class<?> rendererClass() {
      return Chart.class;
    }

    @Override
    public boolean canRender(String mimeType) {
      return true;
    }

    @Override
    public DisplayData render(String mimeType, Object value) {
      Chart<?, ?> chart = (Chart<?, ?>) value;
      chart.getStyler().setLegendVisible(false);
      chart.getStyler().setChartBackgroundColor(Color.WHITE);
      return DisplayData.fromHtml(
          "<div>" + Html.image(painted(chart), chart.getWidth()) + "</div>\n" + legend(chart));
    }

    private static BufferedImage painted(Chart<?, ?> chart) {
      int width = chart.getWidth();
      int height = chart.getHeight();
      BufferedImage image =
          new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.scale(SCALE, SCALE);
      chart.paint(graphics, width, height);
      graphics.dispose();
      return image;
    }

    /**
     * The names of the lines, once the chart is painted and its colours are chosen. Names are
     * labels in any script, for which the browser has the fonts, and Java may not.
     */
    private static String legend(Chart<?, ?> chart) {
      return chart instanceof XYChart lines
          ? lines.getSeriesMap().values().stream()
              .map(ChartRenderer::entry)
              .collect(Collectors.joining("\n", "<div>", "</div>"))
          : "";
    }

    private static String entry(XYSeries series) {
      Color color = series.getMarkerColor();
      return "<span style=\"color:#%06x\">&#9632;</span> %s &emsp;"
          .formatted(color.getRGB() & 0xffffff, Html.escaped(series.getName()));
    }
  }

  private static final class TableRenderer implements DisplayRenderer {

    @Override
    public Class<?> rendererClass() {
      return Table.class;
    }

    @Override
    public boolean canRender(String mimeType) {
      return true;
    }

    @Override
    public DisplayData render(String mimeType, Object table) {
      return DisplayData.fromHtml(((Table) table).html());
    }
  }
}
