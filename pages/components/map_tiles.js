// Small maps side by side: a click, or Enter, chooses one; arrow keys go from one to the next.

import { isDark, surface, tints, unpack } from "./canvas.js";
import { tint } from "./grids.js";
import { describe, element } from "./unit_marks.js";
import { rootIn } from "./views.js";

const MARKUP = `<div class="tiles" role="listbox"></div>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.send = (place) => setTriggerValue?.("pick", place);
  const dark = isDark(parentElement);
  if (data && data !== view.data) accept(view, data);
  else if (dark === view.dark) return;
  view.dark = dark;
  view.tiles.forEach((tile, at) => drawTile(view, tile, at));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { box: root.querySelector(".tiles"), tiles: [] };
  view.box.onkeydown = (event) => walkTiles(view, event);
  return view;
}

/** Take over other maps; the elements stay as long as there are as many. */
function accept(view, data) {
  const { header, blocks: [values, limits, luts] } = unpack(data);
  Object.assign(view, { data, header, values, limits, luts });
  if (view.tiles.length !== header.titles.length) {
    view.tiles = header.titles.map((_, at) => buildTile(view, at));
    view.box.replaceChildren(...view.tiles.map(({ button }) => button));
  }
  view.box.style.setProperty("--side", `${header.side}px`);
  view.box.classList.toggle("bare", !header.shown);
  describe(view.box, { label: header.alt });
  markTiles(view, header.chosen);
}

function buildTile(view, at) {
  const picture = element("canvas", ""), title = element("span", "title"), note = element("span", "note");
  const button = element("button", "tile", picture, title, note);
  Object.assign(button, { type: "button", onclick: () => chooseTile(view, at) });
  button.setAttribute("role", "option");
  return { button, picture, title, note };
}

function drawTile({ header: { h, w, titles, notes }, values, limits, luts, dark }, { button, picture, title, note }, at) {
  const [low, high] = limits.subarray(2 * at, 2 * at + 2), start = at * h * w, lut = low < 0 ? (dark ? 2 : 1) : 0;
  const scale = { low, high, table: tints(luts.subarray(768 * lut, 768 * (lut + 1))) };
  Object.assign(picture, { width: w, height: h });
  picture.getContext("2d").drawImage(surface(w, h, (pixels) => { for (let i = 0; i < h * w; i++) pixels[i] = tint(scale, values[start + i]); }), 0, 0);
  title.textContent = titles[at];
  note.textContent = notes[at];
  button.title = `${titles[at]}: ${notes[at]}`;
  describe(button, { label: button.title });
}

function chooseTile(view, at) {
  if (at === view.chosen) return;
  markTiles(view, at);
  view.send(at);
}

/** One tile is chosen, and the only one that Tab leads to. */
function markTiles(view, chosen) {
  view.chosen = chosen;
  view.tiles.forEach(({ button }, at) => {
    describe(button, { selected: at === chosen });
    button.tabIndex = at === chosen ? 0 : -1;
  });
}

function walkTiles({ tiles }, event) {
  const at = tiles.findIndex(({ button }) => button === event.target), tops = tiles.map(({ button }) => button.offsetTop);
  const across = tops.findIndex((top) => top > tops[0]), columns = across < 0 ? tiles.length : across;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: tiles.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  tiles[to]?.button.focus();
}
