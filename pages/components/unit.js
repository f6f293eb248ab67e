// The eyepiece: where in the picture one unit looks, and the multiplications that make its value.
// Python sends the numbers once; sums, hover, colours and selection happen here and in unit_*.js.

import { digits, tints } from "./canvas.js";
import { wireCells, writeCells } from "./unit_cells.js";
import { drawField, wireField, writeField } from "./unit_field.js";
import { element } from "./unit_marks.js";
import { aligned, bySize, channelSums, products, span, total, whole, winner } from "./unit_maths.js";
import { drawSelected, drawStrip, wireSums, writeSums } from "./unit_sums.js";
import { rootIn, viewOf } from "./views.js";

const FRAME = `<div class="frame"><i class="mark" hidden></i><canvas role="img"></canvas><i class="cursor" hidden></i></div>`;
const FIGURE = `
  <figure>
    <span class="sign"></span>
    <figcaption></figcaption>
    ${FRAME}
    <div class="bar"><span></span><canvas width="256" height="1"></canvas><span></span></div>
  </figure>`;
const MARKUP = `
  <div class="head"><span class="title"></span><span class="value"></span></div>
  <div class="parts">
    <section class="where">
      <h3>Where it looks</h3>
      <div class="photo">${FRAME}</div>
      <div class="overlay">
        <label>picture<input type="range" min="0" max="100" step="1" aria-label="from the picture to the gradient">gradient</label>
        <div class="bar"><span>0</span><i></i><span class="peak"></span></div>
      </div>
      <p class="status pixel" aria-live="polite"></p>
      <div class="facts"><div class="lens">${FRAME}</div><div><p class="theory"></p><p class="effect"></p></div></div>
    </section>
    <section class="how">
      <h3>How it comes about</h3>
      <p class="reads"></p>
      <div class="channels">
        <div class="tools">
          <span class="what"></span>
          <span class="sorts" role="group" aria-label="order of the bars">
            <button type="button">by number</button><button type="button">by size</button>
          </span>
        </div>
        <div class="strip">${FRAME}</div>
        <p class="status channel" aria-live="polite"></p>
      </div>
      <div class="cells">
        <div class="grids" tabindex="0" role="group">${FIGURE}${FIGURE}${FIGURE}</div>
        <p class="status cell" aria-live="polite"></p>
        <p class="sum"></p>
      </div>
      <table></table>
      <div class="total"></div>
      <p class="notice" role="alert"></p>
    </section>
  </div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = {
    root, find, photo: framed(find(".photo")), lens: framed(find(".lens")), strip: framed(find(".strip")),
    figures: [...root.querySelectorAll("figure")].map(framed), opacity: 65, sorted: 0, identity: null,
  };
  wireField(view);
  wireSums(view);
  wireCells(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** A canvas with a mark under it and a cursor over it. */
function framed(box) {
  return { box, canvas: box.querySelector(".frame canvas"), mark: box.querySelector(".mark"), cursor: box.querySelector(".cursor") };
}

/** Take over a unit; keep the selected channel while it stays the same. */
function accept(view, { header, blocks }) {
  const [patch, weights, inside, picture, gradient, luts] = blocks, { k, h, w, mode, identity } = header;
  const contributions = mode === "sum" ? products(patch, weights) : patch, sums = channelSums(contributions, k);
  const orders = [sums.map((_, channel) => channel), bySize(sums)];
  if (view.identity !== identity) Object.assign(view, { identity, selected: orders[1][0], pixel: null, cell: null });
  Object.assign(view, { header, patch, weights, inside, gradient, luts, contributions, sums, orders, size: h * w });
  Object.assign(view, { best: winner(patch, inside), charted: mode === "sum" && k > 1, gridded: mode !== "values" && h * w > 1 });
  write(view);
  writeField(view, picture);
  writeSums(view);
  writeCells(view);
}

/** What the unit is, reads and makes. */
function write(view) {
  const { header, find } = view;
  find(".title").textContent = header.title;
  find(".value").textContent = digits(header.value);
  find(".reads").textContent = reads(header);
  conclude(view);
}

function reads({ mode, source, names, corner: [top, left], step: apart, k, h, w }) {
  const rows = span("row", top, top + (h - 1) * apart), columns = span("column", left, left + (w - 1) * apart);
  const maps = k > 1 ? `in each of ${whole(k)} channels` : names[0];
  const place = `${rows}, ${columns} of ${source}, ${maps}${apart > 1 ? `, ${apart} apart` : ""}`;
  const what = h * w > 1 ? place : `${k > 1 ? `${whole(k)} values` : "one value"} of ${source}`;
  const weighted = k * h * w > 1 ? "Each value is multiplied by its weight, and the products are added." : "It is multiplied by its weight.";
  return `It reads ${what}. ${{ sum: weighted, max: "The largest value wins.", values: "" }[mode]}`;
}

function redraw(view) {
  view.width = view.root.clientWidth;
  if (!view.header || !view.width) return;
  const style = getComputedStyle(view.root), tables = [0, 768, 1536].map((start) => tints(view.luts.subarray(start, start + 768)));
  Object.assign(view, { ink: style.color, paper: style.getPropertyValue("--st-background-color"), font: style.fontFamily });
  view.tints = { magnitude: tables[0], diverging: tables[view.dark ? 2 : 1] };
  drawField(view);
  if (view.charted) drawStrip(view);
  drawSelected(view);
  view.root.dataset.painted = view.identity; // for whoever waits for it, such as a test
}

/** The last line: what the numbers make, and a word if that isn't the value that was sent. */
function conclude(view) {
  const { header, sums, patch, best, find } = view, { mode, bias, value, result } = header;
  const sum = mode === "sum" ? total(sums) : patch[best], found = sum + (bias ?? 0);
  const agrees = Math.abs(found - value) <= 1e-3 * Math.abs(value);
  const [first, second, last] = aligned([sum, bias ?? 0, agrees ? value : found]);
  const added = bias === null ? [] : [term("+", "bias", second)];
  find(".total").replaceChildren(term("", named(view), first), ...added, term("=", result, last, agrees ? "result" : ""));
  find(".notice").textContent = agrees ? "" : `The unit's value is ${digits(value)}, but these numbers make ${digits(found)}.`;
  find(".total").hidden = find(".notice").hidden = mode === "values";
}

/** What the last line begins with. */
function named({ header, inside, size }) {
  if (header.mode === "max") return `the largest of these ${whole(total(inside))} values`;
  if (header.k > 1 && size > 1) return `Σ of ${whole(header.k)} channel sums`;
  return header.k * size > 1 ? `Σ of ${whole(header.k * size)} products` : "the product";
}

function term(sign, name, number, kind = "") {
  const words = element("span", "words", element("small", "", name), element("b", "", number));
  return element("span", `term ${kind}`, element("span", "sign", sign), words);
}
