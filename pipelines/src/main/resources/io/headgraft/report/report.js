(() => {
  'use strict';
  const root = document.documentElement;
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const markers = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star', 'cross', 'dash'];
  const dashes = [[], [6, 4], [2, 3], [10, 3, 2, 3]];
  const drawn = [];
  root.classList.add('js');

  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const colour = (head) => (head < 0 ? css('--muted') : css('--h' + (head % 8)));
  const faint = (value, alpha) => Chart.helpers.color(value).alpha(alpha).rgbString();

  // A logarithmic axis of two decades or more has the powers of ten only.
  function named(scale, value) {
    const lead = Number(value.toExponential().split('e')[0]);
    const decades = Math.log10(scale.max / scale.min);
    return decades < 1 || lead === 1 || (decades < 2 && [2, 5].includes(lead));
  }

  const logarithmic = {
    afterBuildTicks: (scale) => {
      scale.ticks = scale.ticks.filter((tick) => named(scale, tick.value));
    },
  };

  function axis(spec) {
    return {
      type: spec.scale,
      beginAtZero: false,
      min: spec.min,
      max: spec.max,
      title: { display: spec.title !== '', text: spec.title },
      grid: { color: css('--line') },
      border: { color: css('--line') },
      ticks: {
        maxRotation: 0,
        autoSkipPadding: 16,
        ...(spec.scale === 'logarithmic' ? { callback: (value) => String(Number(value.toPrecision(3))) } : {}),
      },
      ...(spec.scale === 'logarithmic' ? logarithmic : {}),
    };
  }

  function line(series) {
    const tint = faint(colour(series.head), 1 - 0.2 * Math.min(series.step, 3));
    const few = series.points.length <= 12;
    const last = series.points.length - 1;
    const radius = (p, i) => p.radius ?? (series.head >= 0 && (few || i === last) ? 3.5 : 0);
    return {
      label: series.name,
      data: series.points,
      borderColor: tint,
      backgroundColor: tint,
      borderWidth: 2,
      borderDash: dashes[series.step % dashes.length],
      pointStyle: markers[Math.max(series.head, 0) % markers.length],
      pointRadius: series.points.map(radius),
      clip: 12,
      pointHoverRadius: 6,
      pointHitRadius: 8,
    };
  }

  function band(series, end, fill) {
    return {
      data: series.points.map((p) => ({ x: p.x, y: p[end] })),
      borderWidth: 0,
      pointRadius: 0,
      pointHitRadius: 0,
      backgroundColor: faint(colour(series.head), 0.13),
      fill,
      helper: true,
    };
  }

  function lines(spec) {
    const banded = (s) => s.points.every((p) => p.low != null && p.radius == null);
    const bands = spec.series.filter(banded);
    const own = spec.series.filter((s) => s.head >= 0);
    const dashed = own.some((s) => s.step > 0);
    return {
      type: 'line',
      data: {
        datasets: [
          ...spec.series.map(line),
          ...bands.flatMap((s) => [band(s, 'low', false), band(s, 'high', '-1')]),
        ],
      },
      options: {
        interaction: { mode: 'nearest', intersect: false },
        scales: { x: axis(spec.x), y: axis(spec.y) },
        plugins: {
          legend: {
            display: own.length > 1,
            labels: {
              filter: (item, data) => !data.datasets[item.datasetIndex].helper,
              // A box without height is a line, and dashed as the dataset's.
              ...(dashed ? { usePointStyle: false, boxWidth: 28, boxHeight: 0 } : {}),
            },
          },
          tooltip: {
            filter: (item) => !item.dataset.helper,
            callbacks: {
              title: (items) => items.map((item) => `${spec.x.title} ${item.parsed.x}`).slice(0, 1),
              label: (item) => [`${item.dataset.label}: ${item.parsed.y}`, item.raw.note ?? []].flat(),
            },
          },
        },
      },
    };
  }

  function intervals(spec) {
    const all = spec.series;
    const points = all.map((s) => s.points[0]);
    const tints = all.map((s) => colour(s.head));
    return {
      type: 'bar',
      data: {
        labels: all.map((s) => s.name),
        datasets: [
          {
            type: 'line',
            data: points.map((p) => p.y),
            showLine: false,
            backgroundColor: tints,
            borderColor: tints,
            pointStyle: all.map((s) => markers[s.head % markers.length]),
            pointRadius: 6,
            pointHoverRadius: 6,
          },
          {
            data: points.map((p) => [p.low, p.high]),
            backgroundColor: tints.map((tint) => faint(tint, 0.35)),
            barThickness: 8,
          },
        ],
      },
      options: {
        indexAxis: 'y',
        scales: {
          x: axis(spec.y),
          y: { grid: { display: false }, border: { display: false }, ticks: { autoSkip: false } },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            callbacks: {
              label: ({ dataIndex: i }) => `${points[i].y.toFixed(3)} (${points[i].low.toFixed(3)} to ${points[i].high.toFixed(3)})`,
            },
          },
        },
      },
    };
  }

  function draw() {
    drawn.splice(0).forEach((chart) => chart.destroy());
    Chart.defaults.animation = false;
    Chart.defaults.locale = 'en';
    Chart.defaults.maintainAspectRatio = false;
    Chart.defaults.color = css('--muted');
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.plugins.legend.position = 'bottom';
    Chart.defaults.plugins.legend.labels.usePointStyle = true;
    Chart.defaults.plugins.legend.labels.boxHeight = 7;
    for (const spec of charts) {
      const config = spec.kind === 'intervals' ? intervals(spec) : lines(spec);
      drawn.push(new Chart(document.getElementById(spec.id), config));
    }
  }

  function sort(table, header) {
    const column = header.cellIndex;
    const ascending = header.getAttribute('aria-sort') !== 'ascending';
    const key = (row) => {
      const cell = row.cells[column];
      return cell.dataset.value === undefined ? NaN : Number(cell.dataset.value);
    };
    const text = (row) => row.cells[column].textContent.trim();
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const numeric = rows.some((row) => !Number.isNaN(key(row)));
    const collator = new Intl.Collator('en', { numeric: true });
    const sign = ascending ? 1 : -1;
    rows.sort((a, b) => {
      if (!numeric) return sign * collator.compare(text(a), text(b));
      const missing = Number.isNaN(key(a)) - Number.isNaN(key(b));
      return missing !== 0 ? missing : sign * (key(a) - key(b)) || 0;
    });
    table.querySelectorAll('th[aria-sort]').forEach((th) => th.removeAttribute('aria-sort'));
    header.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
    body.append(...rows);
  }

  for (const table of document.querySelectorAll('table.sortable')) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...header.childNodes);
      button.addEventListener('click', () => sort(table, header));
      header.append(button);
    }
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  addEventListener('beforeprint', () => {
    root.classList.add('paper');
    draw();
    drawn.forEach((chart) => chart.resize());
  });
  addEventListener('afterprint', () => {
    root.classList.remove('paper');
    draw();
  });
})();
