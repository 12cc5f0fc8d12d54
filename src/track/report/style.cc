// The colours of curves are those of Okabe and Ito, which people with any colour vision tell apart; splits differ in
// their lines, too.
#include "src/track/report/assets.h"

namespace baton::track::report {

std::string_view style_sheet() {
  return R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --quiet: #59636e; --rule: #d8dee4;
  --train: #0072b2; --eval: #c04f00; --test: #00795a; --good: #00795a; --bad: #b3261e;
  --p0: #0072b2; --p1: #e69f00; --p2: #009e73; --p3: #cc79a7; --p4: #56b4e9; --p5: #d55e00; --p6: #8c8c8c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1e2226; --text: #e6e9ec; --quiet: #9aa4ae; --rule: #363c43;
    --train: #56b4e9; --eval: #f0a340; --test: #3fc79a; --good: #3fc79a; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1360px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 32px 0 12px; }
h3 { font-size: 15px; margin: 16px 0 8px; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 12px; border: 1px solid; font-size: 14px; }
.badge.finished { color: var(--good); } .badge.failed, .badge.killed { color: var(--bad); }
.facts { display: flex; flex-wrap: wrap; gap: 4px 24px; color: var(--quiet); margin: 8px 0; padding: 0; }
.facts b { color: var(--text); font-weight: 600; }
.facts li { list-style: none; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 16px; }
figure, .card { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 12px 16px; }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: baseline; }
.key::before { content: ""; display: inline-block; width: 18px; margin-right: 6px; vertical-align: middle;
               border-top: 2px solid currentColor; }
.key.eval::before { border-top-style: dashed; } .key.test::before { border-top-style: dotted; }
.key.train { color: var(--train); } .key.eval { color: var(--eval); } .key.test { color: var(--test); }
.key output { font-variant-numeric: tabular-nums; color: var(--text); }
svg .step { fill: var(--text); } .odd { color: var(--bad); }
svg.chart { width: 100%; height: auto; display: block; touch-action: pan-y; }
svg.chart:focus-visible { outline: 2px solid var(--train); outline-offset: 2px; }
svg text { font-size: 17px; fill: var(--quiet); }
svg .grid { stroke: var(--rule); } svg .axis { stroke: var(--quiet); }
svg .resume { stroke: var(--quiet); stroke-dasharray: 2 4; } svg .cursor { stroke: var(--quiet); }
svg path { fill: none; stroke-width: 2.4; stroke-linejoin: round; }
svg path.pale { stroke-width: 1; opacity: .4; }
path.train { stroke: var(--train); } path.eval { stroke: var(--eval); stroke-dasharray: 7 4; }
path.test { stroke: var(--test); stroke-dasharray: 2 4; }
circle.train { fill: var(--train); } circle.eval { fill: var(--eval); } circle.test { fill: var(--test); }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; color: var(--quiet); }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 1%; }
.bar { display: flex; height: 22px; border-radius: 4px; overflow: hidden; margin: 4px 0 12px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 8px; }
.p0 { background: var(--p0); } .p1 { background: var(--p1); } .p2 { background: var(--p2); } .p3 { background: var(--p3); }
.p4 { background: var(--p4); } .p5 { background: var(--p5); } .p6 { background: var(--p6); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
summary { cursor: pointer; color: var(--quiet); margin: 16px 0; }
@media print { body { background: none; } figure, .card { break-inside: avoid; } }
)css";
}

}  // namespace baton::track::report
