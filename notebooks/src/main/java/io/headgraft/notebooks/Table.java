package io.headgraft.notebooks;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A table that a notebook shows.
 *
 * @param columns their names
 * @param rows of one cell a column: a picture, a number (fractions to three digits), or anything
 *     that is shown as its text
 */
public record Table(List<String> columns, List<List<Object>> rows) {

  /** Checks that each row has a cell for each column. */
  public Table {
    for (List<Object> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "A row of %d cells in a table of %d columns: %s"
                .formatted(row.size(), columns.size(), row));
      }
    }
  }

  /** All rows of a data set, which are few. */
  public static Table of(Dataset<Row> data) {
    return new Table(
        List.of(data.columns()),
        data.collectAsList().stream()
            .map(row -> IntStream.range(0, row.size()).mapToObj(row::get).toList())
            .toList());
  }

  String html() {
    String head =
        columns.stream().map(name -> "<th>" + Html.escaped(name)).collect(Collectors.joining());
    String body =
        rows.stream()
            .map(row -> row.stream().map(Table::cell).collect(Collectors.joining("", "<tr>", "\n")))
            .collect(Collectors.joining());
    return "<table>\n<tr>" + head + "\n" + body + "</table>";
  }

  private static String cell(Object value) {
    if (value instanceof BufferedImage image) {
      return "<td>" + Html.image(image, image.getWidth());
    }
    if (value instanceof Double number) {
      return "<td>" + String.format(Locale.ROOT, "%.3f", number);
    }
    return "<td>" + Html.escaped(String.valueOf(value));
  }
}
