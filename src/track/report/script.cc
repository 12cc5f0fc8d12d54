#include "src/track/report/assets.h"

namespace baton::track::report {

std::string_view script() {
  return R"js(
"use strict";
for (const source of document.querySelectorAll("script[data-chart]")) {
  const chart = JSON.parse(source.textContent);
  const svg = document.getElementById(source.dataset.chart);
  const figure = svg.closest("figure");
  const outputs = figure.querySelectorAll("output");
  const stepLabel = svg.querySelector(".step");
  const cursor = svg.querySelector(".cursor");
  const last = [...outputs].map(output => output.textContent);
  const steps = [...new Set(chart.series.flatMap(series => series.steps))].sort((a, b) => a - b);
  const format = value => value === null ? "not finite" : Number(value.toPrecision(4)).toString();
  let current = steps.length - 1;

  // The index of the number next to `wanted` in ascending `list`.
  const nearest = (list, wanted) => {
    let low = 0, high = list.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] < wanted) low = middle + 1; else high = middle;
    }
    return low > 0 && wanted - list[low - 1] <= list[low] - wanted ? low - 1 : low;
  };

  const show = step => {
    const x = chart.left + (step - chart.low) / (chart.high - chart.low) * (chart.right - chart.left);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    const isLeft = 2 * x < chart.left + chart.right;
    stepLabel.setAttribute("x", isLeft ? x + 6 : x - 6);
    stepLabel.setAttribute("text-anchor", isLeft ? "start" : "end");
    stepLabel.textContent = "step " + step;
    chart.series.forEach((series, i) => {
      const at = nearest(series.steps, step);
      const elsewhere = series.steps[at] === step ? "" : " at " + series.steps[at];
      outputs[i].textContent = format(series.values[at]) + elsewhere;
    });
  };

  const hide = () => {
    cursor.setAttribute("x1", -9);
    cursor.setAttribute("x2", -9);
    stepLabel.textContent = "";
    outputs.forEach((output, i) => { output.textContent = last[i]; });
  };

  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
    const share = (x - chart.left) / (chart.right - chart.left);
    current = nearest(steps, chart.low + share * (chart.high - chart.low));
    show(steps[current]);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", event => {
    const move = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity}[event.key];
    if (move === undefined) return;
    event.preventDefault();
    current = Math.max(0, Math.min(steps.length - 1, current + move));
    show(steps[current]);
  });
}
)js";
}

}  // namespace baton::track::report
