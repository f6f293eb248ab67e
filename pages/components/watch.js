// What a network is like at one moment of its training, in panels behind three tabs, for any component:
//   const watch = watchIn(box, { layer, cell, probe });  once; `box` is an empty element
//   showLook(watch, header, blocks);                     a look as watch.py packs it: the arrays are the last of the blocks
//   clearWatch(watch);                                   before the first look at another run
//   drawWatch(watch);                                    after a change of theme; a change of size it sees itself
// layer(name) is called when another layer is chosen; cell([true class, guess]) when a cell of the confusion matrix is, or
// cell(null) when it is let go; probe(number) when another held-out example is.

import { isDark, tints } from "./canvas.js";
import { describe, element } from "./unit_marks.js";
import { drawLayersPanel, layersPanelIn } from "./watch_layers.js";
import { askProbe, clearMaps, drawMapsPanel, mapsPanelIn } from "./watch_maps.js";
import { clearMistakes, drawMistakesPanel, mistakesPanelIn } from "./watch_mistakes.js";

const TABS = [
  { title: "Filters and maps", build: mapsPanelIn, draw: drawMapsPanel },
  { title: "Layers", build: layersPanelIn, draw: drawLayersPanel },
  { title: "Mistakes", build: mistakesPanelIn, draw: drawMistakesPanel },
];
const LOST = "The network gives nan instead of numbers: it has diverged, and its guesses mean nothing.";

export function watchIn(box, handlers) {
  const watch = { box, handlers, open: 0, look: null, waiting: element("p", "waiting", "The first look at the network is on its way."), lost: element("p", "lost", LOST) };
  watch.toProbe = (number) => {
    openTab(watch, 0);
    askProbe(watch.tabs[0].panel, watch, number);
  };
  const bar = element("div", "tabs");
  bar.setAttribute("role", "tablist");
  bar.onkeydown = (event) => walkTabs(watch, event);
  watch.tabs = TABS.map((tab, at) => buildTab(watch, tab, at));
  bar.append(...watch.tabs.map(({ button }) => button));
  box.classList.add("watch");
  box.append(bar, watch.waiting, watch.lost, ...watch.tabs.map(({ sheet }) => sheet));
  openTab(watch, 0);
  new ResizeObserver(() => { if (box.clientWidth !== watch.width) drawWatch(watch); }).observe(box);
  return watch;
}

export function showLook(watch, { names, layer, arrays }, blocks) {
  const own = blocks.slice(-arrays.length), named = arrays.map(([name, shape], at) => [name, { values: own[at], shape }]);
  watch.look = { names, layer, ...Object.fromEntries(named) };
  watch.box.style.minHeight = "";
  if (watch.waiting.hidden) drawWatch(watch);
  else openTab(watch, watch.open);
}

export function clearWatch(watch) {
  watch.look = null;
  watch.box.style.minHeight = `${watch.box.getBoundingClientRect().height}px`; // what is below it stays there
  clearMaps(watch.tabs[0].panel);
  clearMistakes(watch.tabs[2].panel);
  openTab(watch, watch.open);
}

export function drawWatch(watch) {
  const { box, look, tabs, open } = watch;
  watch.width = box.clientWidth;
  if (!look || !watch.width) return;
  const [magnitude, light, dark] = [0, 768, 1536].map((start) => tints(look.luts.values.subarray(start, start + 768)));
  watch.tints = { magnitude, signed: isDark(box) ? dark : light };
  watch.lost.hidden = !look.scores.values.some(Number.isNaN);
  TABS[open].draw(tabs[open].panel, watch);
}

function buildTab(watch, { title, build }, at) {
  const button = element("button", "", title), sheet = element("div", `sheet sheet-${at}`);
  Object.assign(button, { type: "button", onclick: () => openTab(watch, at) });
  button.setAttribute("role", "tab");
  sheet.setAttribute("role", "tabpanel");
  describe(sheet, { label: title });
  return { button, sheet, panel: build(sheet, watch) };
}

function openTab(watch, open) {
  watch.open = open;
  watch.waiting.hidden = watch.look !== null;
  watch.lost.hidden = true;
  watch.tabs.forEach(({ button, sheet }, at) => {
    describe(button, { selected: at === open });
    button.tabIndex = at === open ? 0 : -1;
    sheet.hidden = at !== open || !watch.look;
  });
  drawWatch(watch);
}

function walkTabs(watch, { key }) {
  const to = { ArrowLeft: watch.open - 1, ArrowRight: watch.open + 1, Home: 0, End: TABS.length - 1 }[key];
  if (!watch.tabs[to]) return;
  openTab(watch, to);
  watch.tabs[to].button.focus();
}
