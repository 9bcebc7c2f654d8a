// Charts: draws what the server has put beside each drawing, with Apache ECharts; without it the server's own SVG stays.
"use strict";
(() => {
  const COLOURS = ["#1f6fb2", "#d9822b", "#2a8f83", "#8a5fb8", "#7a7f87", "#b54f74", "#8c7a2b"];
  const drawn = new Map();
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const language = document.documentElement.lang;

  function axisWords(unit) {
    const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
    const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
    return (value) => (unit === "share" ? percent : plain).format(value);
  }
  const short = (name) => (name.length > 28 ? `${name.slice(0, 27)}…` : name);

  function whisker(parameters, api) {
    const [at, low, high] = [0, 1, 2].map((column) => api.value(column));
    if (Number.isNaN(low)) return null;
    const [start, end] = [low, high].map((value) => api.coord([value, at]));
    return { type: "line", shape: { x1: start[0], y1: start[1], x2: end[0], y2: end[1] }, style: { stroke: variable("--text"), lineWidth: 1.5 } };
  }

  // Several values under one name: each a dot on the line of its interval, one below the other.
  function dots(one, index, count) {
    const color = COLOURS[index % COLOURS.length];
    return {
      type: "custom", name: one.name, color, z: 4, encode: { x: [1, 2, 3], y: 0 },
      data: one.points.map((point, at) => [at, point.low ?? point.value ?? NaN, point.value ?? NaN, point.high ?? point.value ?? NaN]),
      renderItem: (parameters, api) => {
        const [at, low, value, high] = [0, 1, 2, 3].map((column) => api.value(column));
        if (Number.isNaN(value)) return null;
        const [start, middle, end] = [low, value, high].map((number) => api.coord([number, at]));
        const y = middle[1] + (index - (count - 1) / 2) * 15;
        const isHollow = one.points[at].hollow;
        return { type: "group", children: [
          { type: "line", shape: { x1: start[0], y1: y, x2: end[0], y2: y }, style: { stroke: color, lineWidth: 2, opacity: isHollow ? 0.4 : 0.8 } },
          { type: "circle", shape: { cx: middle[0], cy: y, r: 5 }, style: isHollow ? { fill: variable("--surface"), stroke: color, lineWidth: 1.5 } : { fill: color } },
        ] };
      },
    };
  }

  function series(spec) {
    if (spec.kind === "bars" && spec.series.length > 1) return spec.series.map((one, index) => dots(one, index, spec.series.length));
    if (spec.kind === "bars") return [{
      type: "bar", barMaxWidth: 18, itemStyle: { color: COLOURS[0], borderRadius: 2 },
      data: spec.series[0].points.map((point) => ({ value: point.value, itemStyle: { opacity: point.hollow ? 0.4 : 1 } })),
    }, {
      type: "custom", silent: true, z: 5, renderItem: whisker, encode: { x: [1, 2], y: 0 }, tooltip: { show: false },
      data: spec.series[0].points.map((point, index) => [index, point.low ?? NaN, point.high ?? NaN]),
    }];
    return spec.series.flatMap((one, index) => {
      const color = COLOURS[index % COLOURS.length];
      const line = {
        type: "line", name: one.name, color, symbolSize: 7, connectNulls: false, z: 4,
        data: one.points.map((point) => ({ value: point.value, symbol: point.hollow ? "emptyCircle" : "circle" })),
      };
      const isBand = spec.series.length === 1 && one.points.some((point) => point.low !== null);
      if (!isBand) return [line];
      return [line, {
        type: "custom", silent: true, z: 2, encode: { x: 0, y: [1, 2] }, tooltip: { show: false },
        data: one.points.map((point, at) => [at, point.low ?? NaN, point.high ?? NaN]),
        renderItem: (parameters, api) => {
          const at = api.value(0);
          const next = one.points[at + 1];
          if (Number.isNaN(api.value(1))) return null;
          const corner = (x, value) => api.coord([x, value]);
          const isJoined = next && next.low !== null;
          const style = { fill: color, opacity: 0.15 };
          if (isJoined) {
            const shape = { points: [corner(at, api.value(1)), corner(at, api.value(2)), corner(at + 1, next.high), corner(at + 1, next.low)] };
            return { type: "polygon", shape, style };
          }
          const [low, high] = [corner(at, api.value(1)), corner(at, api.value(2))];
          const shape = { x: low[0] - 3, y: high[1], width: 6, height: low[1] - high[1] };
          return at > 0 && one.points[at - 1].low !== null ? null : { type: "rect", shape, style };
        },
      }];
    });
  }

  function options(spec, isNarrow) {
    const [text, muted, line] = ["--text", "--muted", "--line"].map(variable);
    const across = spec.kind === "bars";
    const plain = (words) => words.replaceAll("{", "(").replaceAll("}", ")").replaceAll("|", "/");
    const isOne = across && spec.series.length === 1;
    const withValue = (name, at) => `{name|${plain(short(name))}}\n{value|${plain(spec.series[0].points[at].label)}}`;
    const rich = { name: { color: text, lineHeight: 15 }, value: { color: muted, fontSize: 11, lineHeight: 14 } };
    const names = { type: "category", data: spec.names, inverse: across, axisLabel: { color: text, formatter: isOne ? withValue : short, rich: isOne ? rich : undefined, interval: across ? 0 : undefined, width: across ? (isNarrow ? 110 : 170) : undefined, overflow: "truncate", hideOverlap: !across }, axisTick: { show: false }, axisLine: { lineStyle: { color: muted } } };
    const values = { type: "value", scale: !across && ["stars", "score"].includes(spec.unit), axisLabel: { color: muted, formatter: axisWords(spec.unit), hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
    return {
      animation: false, textStyle: { fontFamily: "system-ui, sans-serif" },
      grid: { left: 8, right: 24, top: 16, bottom: spec.series.length > 1 ? 48 : 8, containLabel: true },
      legend: spec.series.length > 1 ? { bottom: 0, type: "scroll", textStyle: { color: text }, formatter: short } : undefined,
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: across ? "shadow" : "line" },
        backgroundColor: variable("--surface"), borderColor: line, textStyle: { color: text },
        formatter: (items) => {
          const at = items[0].dataIndex;
          const lines = spec.series.map((one) => `${one.name ? `${short(one.name)}: ` : ""}${one.points[at].words}`);
          return plain([spec.names[at], ...lines].join("\n"));
        },
      },
      xAxis: across ? values : names, yAxis: across ? names : values, series: series(spec),
    };
  }

  function draw(element) {
    if (drawn.has(element) || typeof echarts === "undefined") return;
    const spec = JSON.parse(element.dataset.chart);
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    const bar = Math.max(36, 16 * spec.series.length + 10);
    canvas.style.height = spec.kind === "bars" ? `${spec.names.length * bar + 40 + (spec.series.length > 1 ? 40 : 0)}px` : "300px";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", element.querySelector("svg").getAttribute("aria-label"));
    element.replaceChildren(canvas);
    const chart = echarts.init(canvas, null, { renderer: "canvas" });
    chart.setOption(options(spec, canvas.clientWidth < 480));
    chart.on("click", (event) => {
      const link = event.componentType === "series" && spec.series[event.seriesIndex]?.points[event.dataIndex]?.link;
      if (link) location.assign(link);
    });
    new ResizeObserver(() => chart.resize()).observe(canvas);
    drawn.set(element, chart);
  }

  function drawAll() {
    for (const [element, chart] of drawn) if (!element.isConnected) { chart.dispose(); drawn.delete(element); }
    for (const element of document.querySelectorAll("[data-chart]")) draw(element);
    document.documentElement.dataset.ready = "yes";
    requestAnimationFrame(() => { performance.mark("textcx-drawn"); document.dispatchEvent(new Event("textcx:drawn")); });
  }
  const repaint = () => { for (const [element, chart] of drawn) chart.setOption(options(JSON.parse(element.dataset.chart), false)); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  document.addEventListener("htmx:afterSettle", drawAll);
  drawAll();
})();
