// Charts: draws what the server has put beside each drawing, with Apache ECharts, which comes after the page has been
// shown. Until then, further down than anybody looks, and without it the server's own SVG stays.
"use strict";
(() => {
  const COLOURS = ["#1f6fb2", "#d9822b", "#2a8f83", "#8a5fb8", "#7a7f87", "#b54f74", "#8c7a2b"];
  const MARGIN = 300;
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
      data: one.values.map((value, at) => [at, one.lows[at] ?? value ?? NaN, value ?? NaN, one.highs[at] ?? value ?? NaN]),
      renderItem: (parameters, api) => {
        const [at, low, value, high] = [0, 1, 2, 3].map((column) => api.value(column));
        if (Number.isNaN(value)) return null;
        const [start, middle, end] = [low, value, high].map((number) => api.coord([number, at]));
        const y = middle[1] + (index - (count - 1) / 2) * 15;
        const isHollow = one.hollow[at];
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
      data: spec.series[0].values.map((value, at) => ({ value, itemStyle: { opacity: spec.series[0].hollow[at] ? 0.4 : 1 } })),
    }, {
      type: "custom", silent: true, z: 5, renderItem: whisker, encode: { x: [1, 2], y: 0 }, tooltip: { show: false },
      data: spec.series[0].lows.map((low, at) => [at, low ?? NaN, spec.series[0].highs[at] ?? NaN]),
    }];
    return spec.series.flatMap((one, index) => {
      const color = COLOURS[index % COLOURS.length];
      const line = {
        type: "line", name: one.name, color, symbolSize: 7, connectNulls: false, z: 4,
        data: one.values.map((value, at) => ({ value, symbol: one.hollow[at] ? "emptyCircle" : "circle" })),
      };
      const isBand = spec.series.length === 1 && one.lows.some((low) => low !== null);
      if (!isBand) return [line];
      return [line, {
        type: "custom", silent: true, z: 2, encode: { x: 0, y: [1, 2] }, tooltip: { show: false },
        data: one.lows.map((low, at) => [at, low ?? NaN, one.highs[at] ?? NaN]),
        renderItem: (parameters, api) => {
          const at = api.value(0);
          if (Number.isNaN(api.value(1))) return null;
          const corner = (x, value) => api.coord([x, value]);
          const isJoined = (one.lows[at + 1] ?? null) !== null;
          const style = { fill: color, opacity: 0.15 };
          if (isJoined) {
            const shape = { points: [corner(at, api.value(1)), corner(at, api.value(2)), corner(at + 1, one.highs[at + 1]), corner(at + 1, one.lows[at + 1])] };
            return { type: "polygon", shape, style };
          }
          const [low, high] = [corner(at, api.value(1)), corner(at, api.value(2))];
          const shape = { x: low[0] - 3, y: high[1], width: 6, height: low[1] - high[1] };
          return at > 0 && one.lows[at - 1] !== null ? null : { type: "rect", shape, style };
        },
      }];
    });
  }

  // The rows of the table below a chart: series after series, each with what is said of one point, and where it leads.
  function rowsOf(element) {
    const rows = element.closest("figure").querySelectorAll("tbody tr");
    return Array.from(rows, (row) => {
      const [value, interval, n] = Array.from(row.querySelectorAll("td.num"), (cell) => cell.firstChild?.textContent.trim() ?? "");
      const tags = Array.from(row.querySelectorAll(".tag"), (tag) => tag.textContent);
      return { value, interval, n, tags, link: row.querySelector("a")?.href };
    });
  }
  const words = (row) => [`${row.value}${row.interval === "–" ? "" : ` (${row.interval})`}, n = ${row.n}`, ...row.tags].join(", ");

  function options(spec, rows, isNarrow) {
    const [text, muted, line] = ["--text", "--muted", "--line"].map(variable);
    const across = spec.kind === "bars";
    const plain = (words) => words.replaceAll("{", "(").replaceAll("}", ")").replaceAll("|", "/");
    const isOne = across && spec.series.length === 1;
    const label = (row) => (spec.unit === "mentions" ? row.value : `${row.value} · n = ${row.n}`);
    const withValue = (name, at) => `{name|${plain(short(name))}}\n{value|${plain(label(rows[at]))}}`;
    const rich = { name: { color: text, lineHeight: 15 }, value: { color: muted, fontSize: 11, lineHeight: 14 } };
    const names = { type: "category", data: spec.names, inverse: across, axisLabel: { color: text, formatter: isOne ? withValue : short, rich: isOne ? rich : undefined, interval: across ? 0 : undefined, width: across ? (isNarrow ? 110 : 170) : undefined, overflow: "truncate", hideOverlap: !across }, axisTick: { show: false }, axisLine: { lineStyle: { color: muted } } };
    const values = { type: "value", minInterval: ["mentions", "interactions"].includes(spec.unit) ? 1 : undefined, scale: !across && ["stars", "score"].includes(spec.unit), axisLabel: { color: muted, formatter: axisWords(spec.unit), hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
    return {
      animation: false, textStyle: { fontFamily: "system-ui, sans-serif" },
      grid: { left: 8, right: 24, top: 16, bottom: spec.series.length > 1 ? 48 : 8, containLabel: true },
      legend: spec.series.length > 1 ? { bottom: 0, type: "scroll", textStyle: { color: text }, formatter: short } : undefined,
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: across ? "shadow" : "line" },
        backgroundColor: variable("--surface"), borderColor: line, textStyle: { color: text },
        formatter: (items) => {
          const at = items[0].dataIndex;
          const lines = spec.series.map((one, index) => `${one.name ? `${short(one.name)}: ` : ""}${words(rows[index * spec.names.length + at])}`);
          return plain([spec.names[at], ...lines].join("\n"));
        },
      },
      xAxis: across ? values : names, yAxis: across ? names : values, series: series(spec),
    };
  }

  const keyOf = (element) => element.dataset.chart + element.querySelector("svg").getAttribute("aria-label");

  // Takes the drawing of a chart that was on the page before and is the same still; else makes one.
  function draw(element, before) {
    if (drawn.has(element)) return;
    const key = keyOf(element);
    const kept = before?.get(key);
    if (kept) {
      before.delete(key);
      element.replaceChildren(kept.canvas);
      drawn.set(element, Object.assign(kept, { rows: rowsOf(element) }));
      return;
    }
    const spec = JSON.parse(element.dataset.chart);
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    const bar = Math.max(36, 16 * spec.series.length + 10);
    canvas.style.height = spec.kind === "bars" ? `${spec.names.length * bar + 40 + (spec.series.length > 1 ? 40 : 0)}px` : "300px";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", element.querySelector("svg").getAttribute("aria-label"));
    element.replaceChildren(canvas);
    const chart = echarts.init(canvas, null, { renderer: "canvas" });
    const one = { key, canvas, chart, rows: rowsOf(element) };
    one.paint = () => chart.setOption(options(spec, one.rows, canvas.clientWidth < 480));
    one.paint();
    chart.on("click", (event) => {
      const link = event.componentType === "series" && one.rows[event.seriesIndex * spec.names.length + event.dataIndex]?.link;
      if (link) location.assign(link);
    });
    new ResizeObserver(() => chart.resize()).observe(canvas);
    drawn.set(element, one);
  }

  let library = null;
  function load() {
    library ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.echarts;
      script.addEventListener("load", done);
      script.addEventListener("error", failed);
      document.head.append(script);
    });
    return library;
  }
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const later = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { later.unobserve(entry.target); draw(entry.target); }
  }, { rootMargin: `${MARGIN}px` });

  function takeAway() {
    const before = new Map();
    for (const [element, one] of drawn) {
      if (element.isConnected) continue;
      drawn.delete(element);
      before.set(one.key, one);
    }
    return before;
  }

  async function drawAll() {
    const before = takeAway();
    const elements = Array.from(document.querySelectorAll("[data-chart]"));
    try {
      if (elements.length && typeof echarts === "undefined") { await frame(); await frame(); await load(); }
      const shown = elements.filter((element) => element.isConnected);
      const isNear = shown.map((element) => element.getBoundingClientRect().top < innerHeight + MARGIN);
      shown.forEach((element, index) => (isNear[index] ? draw(element, before) : later.observe(element)));
    } finally {
      for (const one of before.values()) one.chart.dispose();
      document.documentElement.dataset.ready = "yes";
      await frame();
      performance.mark("textcx-drawn");
      document.dispatchEvent(new Event("textcx:drawn"));
    }
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const one of drawn.values()) one.paint(); });
  document.addEventListener("htmx:afterSettle", drawAll);
  drawAll();
})();
