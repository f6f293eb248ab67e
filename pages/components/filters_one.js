// One filter: its weights as numbers that can be changed, its spectrum, and what is measured on it.

import { ARROWS, digits, fit, isDark, surface, tints, unpack } from "./canvas.js";
import { numberOf } from "./typing.js";
import { bright, css, describe, element } from "./unit_marks.js";
import { rootIn } from "./views.js";

const WAVE = 160; // px: the spectrum
const CELL = 42, WIDE = 250; // px: the largest cell, the widest kernel

const MARKUP = `
  <div class="head"></div>
  <div class="kernels"></div>
  <div class="status" aria-live="polite"></div>
  <div class="more">
    <figure class="colour"><canvas role="img"></canvas><figcaption>in colour</figcaption></figure>
    <figure class="wave"><canvas role="img"></canvas><figcaption>spectrum, −0.5 to 0.5 cycles/px</figcaption></figure>
    <dl></dl>
  </div>`;

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  view.pick = (edit) => setTriggerValue?.("pick", edit);
  const dark = isDark(parentElement);
  if (!data || (data === view.data && dark === view.dark)) return;
  const { header, blocks } = unpack(data);
  const [weights, channels, spectrum, luts] = blocks, [viridis, light, night] = [0, 1, 2].map((i) => tints(luts.subarray(768 * i, 768 * (i + 1))));
  Object.assign(view, { data, dark, header, weights, channels, spectrum, viridis, diverging: dark ? night : light });
  write(view);
  view.root.dataset.painted = header.id; // for whoever waits for it, such as a test
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, find: (selector) => root.querySelector(selector) };
  const wave = view.find(".wave canvas");
  wave.onmousemove = (event) => say(view, atWave(view, event));
  wave.onmouseleave = () => say(view, "");
  return view;
}

function write(view) {
  const { header, find } = view;
  find(".head").textContent = header.title;
  find(".kernels").replaceChildren(...Array.from(view.channels, (_, k) => kernel(view, k)));
  drawWave(view);
  drawColour(view);
  find("dl").replaceChildren(...header.facts.flatMap(fact));
  say(view, "");
}

/** One kernel with its name and, below it, what is measured on it alone. */
function kernel(view, k) {
  const { w } = view.header, grid = element("div", "grid"), cell = Math.min(CELL, Math.floor(WIDE / w)), fields = cells(view, k);
  grid.style.gridTemplateColumns = `repeat(${w}, minmax(0, ${cell}px))`;
  grid.style.fontSize = `${Math.min(12.5, cell / (0.6 * Math.max(...fields.map((field) => field.value.length))))}px`;
  grid.append(...fields);
  grid.onkeydown = (event) => walk(view, grid, event);
  describe(grid, { label: `weights on ${view.header.names[k]}` });
  grid.setAttribute("role", "group");
  const figure = element("figure", "kernel", element("figcaption", "", view.header.names[k]), grid, element("figcaption", "note", view.header.notes[k]));
  return figure;
}

/** The weights of one kernel, each as a field on the colour of its value. */
function cells(view, k) {
  const { header: { h, w, limit }, weights } = view;
  return Array.from({ length: h * w }, (_, i) => {
    const value = weights[k * h * w + i], place = { k, row: Math.floor(i / w), col: i % w };
    const colour = view.diverging[Math.max(0, Math.min(255, Math.floor(128 + 128 * value / limit)))];
    const field = element("input", "");
    Object.assign(field, { type: "text", inputMode: "decimal", value: short(value, view.header), readOnly: !view.header.editable, tabIndex: i ? -1 : 0 });
    Object.assign(field.style, { background: css(colour), color: bright(colour) ? "#000" : "#fff" });
    describe(field, { label: `row ${place.row}, column ${place.col}` });
    wire(view, field, value, place);
    return field;
  });
}

/** While a field has the focus it holds all digits; leaving it with another number reports that. */
function wire(view, field, value, place) {
  field.dataset.full = String(Number(value.toPrecision(7)));
  const here = () => say(view, `${view.header.names[place.k]}, row ${place.row}, column ${place.col}: ${digits(value)}`);
  field.onmouseenter = here;
  field.onmouseleave = () => say(view, "");
  field.onfocus = () => { field.value = field.dataset.full; field.select(); here(); };
  field.onblur = () => commit(view, field, value, place);
}

function commit(view, field, value, { k, row, col }) {
  const text = field.value.trim(), number = numberOf(text);
  field.value = short(value, view.header);
  if (text === field.dataset.full) return say(view, "");
  if (number === null) return say(view, `“${text.slice(0, 20)}” is no number up to a million; the weight stays ${digits(value)}.`);
  field.value = short(number, view.header);
  return view.pick({ input: view.channels[k], row, col, value: number });
}

/** Arrow keys go from field to field while nothing is being typed; Enter commits, Escape takes back. */
function walk({ header: { h, w } }, grid, event) {
  event.stopPropagation(); // letters are shortcuts of the page around
  const field = event.target, fields = [...grid.children], at = fields.indexOf(field), move = ARROWS[event.key];
  if (event.key === "Escape") field.value = field.dataset.full;
  if (event.key === "Enter" || event.key === "Escape") field.blur();
  if (!move || field.value !== field.dataset.full) return;
  event.preventDefault();
  const row = Math.floor(at / w) + move[0], col = at % w + move[1];
  if (row >= 0 && col >= 0 && row < h && col < w) fields[row * w + col].focus();
}

/** How strongly waves of each frequency and direction pass: frequency 0 in the middle. */
function drawWave(view) {
  const { header: { h, w, size, peak }, spectrum, viridis } = view, canvas = view.find(".wave canvas"), context = fit(canvas, WAVE, WAVE);
  view.find(".wave").hidden = h * w === 1; // all waves pass alike
  const scaled = (value) => Math.min(255, Math.floor(256 * value / (peak || 1)));
  const image = surface(size, size, (pixels) => spectrum.forEach((value, i) => { pixels[i] = viridis[scaled(value)]; }));
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, WAVE, WAVE);
  describe(canvas, { label: view.header.alt });
}

function atWave({ header: { size }, spectrum }, event) {
  const [x, y] = [event.offsetX, event.offsetY].map((px) => Math.min(size - 1, Math.max(0, Math.floor(px * size / WAVE))));
  const across = digits((x - size / 2) / size), down = digits((y - size / 2) / size);
  return `waves of ${across} cycles/px across and ${down} down: gain ${digits(spectrum[y * size + x])}`;
}

/** Red, green and blue of the filter as one picture, grey where all are 0. */
function drawColour(view) {
  const { header: { w, h, limit, colour }, weights } = view, box = view.find(".colour");
  box.hidden = !colour;
  if (!colour) return;
  const canvas = box.querySelector("canvas"), cell = Math.max(1, Math.floor(WAVE / Math.max(w, h)));
  const part = (k, i) => Math.round(127.5 + 127.5 * weights[k * w * h + i] / limit);
  const image = surface(w, h, (pixels) => { for (let i = 0; i < w * h; i++) pixels[i] = 0xff000000 | (part(2, i) << 16) | (part(1, i) << 8) | part(0, i); });
  const context = fit(canvas, w * cell, h * cell);
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, w * cell, h * cell);
  describe(canvas, { label: `${view.header.title} in colour` });
}

/** A term and its value; a direction gets a line that lies like it. */
function fact([name, text, degrees]) {
  const value = element("dd", "", text);
  if (degrees !== null) {
    const needle = element("i", "needle");
    needle.style.transform = `rotate(${-degrees}deg)`;
    value.append(needle);
  }
  return [element("dt", "", name), value];
}

function say(view, text) {
  const more = view.header.editable ? " Change one and press Enter." : "";
  view.find(".status").textContent = text || `Point at weights to read them.${more}`;
}

/** A weight in a small field: three digits of the largest one, two where there are many columns. */
function short(value, { w, limit }) {
  const many = w > 5, decimals = Math.min(8, Math.max(0, (many ? 1 : 2) - Math.floor(Math.log10(limit))));
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 ? "\u2212" : "") + (many ? text.replace(/^0\./, ".") : text);
}
