package io.headgraft.personalization;

import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.MeanInterval;
import io.headgraft.personalization.Episode.Setting;
import io.headgraft.personalization.Forecast.Row;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Episodes of a setting, put together. */
record EpisodeMeans(List<World> worlds, ForecastOptions options) {

  List<Row> rows(List<Episode> episodes) {
    Map<Setting, List<Episode>> settings =
        episodes.stream()
            .collect(Collectors.groupingBy(Episode::setting, TreeMap::new, Collectors.toList()));
    return settings.entrySet().stream().map(each -> row(each.getKey(), each.getValue())).toList();
  }

  private Row row(Setting setting, List<Episode> episodes) {
    Map<Integer, Double> byWorld =
        episodes.stream()
            .collect(
                Collectors.groupingBy(
                    Episode::world,
                    TreeMap::new,
                    Collectors.averagingDouble(Episode::harmonicMean)));
    Map.Entry<Integer, Double> worst =
        byWorld.entrySet().stream()
            .min(Comparator.comparingDouble(Map.Entry::getValue))
            .orElseThrow();
    boolean adds = setting.newLabels() > 0;
    return new Row(
        setting.start(),
        setting.defaults(),
        setting.photos(),
        setting.replay(),
        setting.newLabels(),
        setting.shift(),
        episodes.size(),
        byWorld.size(),
        mean(episodes, Episode::newAccuracy),
        mean(episodes, Episode::oldAccuracy),
        mean(episodes, Episode::harmonicMean),
        interval(episodes, byWorld.size() > 1),
        mean(episodes, episode -> episode.oldBefore() - episode.oldAccuracy()),
        mean(episodes, Episode::logLoss),
        mean(episodes, Episode::placeholderShare),
        mean(episodes, Episode::multiplyAdds) / Forecast.PHONE,
        adds ? worlds.get(worst.getKey()).name() : null,
        adds ? worst.getValue() : null);
  }

  private static double mean(List<Episode> episodes, ToDoubleFunction<Episode> figure) {
    return episodes.stream().mapToDouble(figure).average().orElseThrow();
  }

  /** Draws of one world are alike, so whole worlds are drawn, where there are several. */
  private Interval interval(List<Episode> episodes, boolean several) {
    return MeanInterval.of(
        episodes.stream().mapToDouble(Episode::harmonicMean).toArray(),
        episodes.stream().mapToInt(several ? Episode::world : Episode::draw).toArray(),
        options.bootstrap(),
        options.seed());
  }
}
