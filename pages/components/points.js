// A plane with points that are dragged; lines, arrows and contours follow with the answers of the server.
// Python sends one message (points.py) for the page, and one of the same kind for every place a point is dragged to.

import { ARROWS, unpack } from "./canvas.js";
import { drawFigures, figuresIn, takeFigures } from "./charts_figures.js";
import { brief } from "./grids.js";
import { ask } from "./live.js";
import { dotNear, drawPlane, drawPointer, fineness, legendOf, measurePlane, onScreen, placeOf } from "./points_draw.js";
import { describe } from "./unit_marks.js";
import { rootIn, viewOf } from "./views.js";

const SLIP = 4; // px that a click may move
const LEAP = 10; // steps of an arrow key with Shift

const MARKUP = `
  <div class="both">
    <div class="plane">
      <p class="names"></p>
      <div class="frame"><canvas class="base" tabindex="0" role="application"></canvas><canvas class="over"></canvas></div>
      <p class="said" aria-live="polite"></p>
      <p class="line"></p>
      <div class="tools"><button type="button" class="less">Remove the chosen point</button><span class="hint"></span></div>
      <p class="notice" role="alert"></p>
    </div>
    <div class="beside"></div>
  </div>`;

export default function render(call) {
  redraw(viewOf(call, create, accept));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const find = (selector) => root.querySelector(selector);
  const view = { root, find, base: find(".base"), over: find(".over"), asked: {}, told: 0, chosen: -1, held: null, pointer: null, walking: false };
  view.figures = figuresIn(find(".beside"));
  wirePointer(view);
  view.base.onkeydown = (event) => press(view, event);
  view.base.onkeyup = view.base.onblur = () => { if (view.walking) tell(view, { dot: view.chosen }); };
  find(".less").onclick = () => remove(view);
  new ResizeObserver(() => { if (root.clientWidth !== view.width) redraw(view); }).observe(root);
  return view;
}

/** Take over a message of the page, unless it is older than what was done here since. */
function accept(view, { header, blocks }) {
  if (view.header && (view.held?.moved || view.walking || (header.heard && header.heard < view.told))) return;
  view.find(".notice").textContent = "";
  take(view, header, blocks);
  view.dots = header.dots;
  if (header.selected >= 0 || view.chosen >= header.dots.length) view.chosen = header.selected;
  describe(view.base, { label: `${header.alt} ${keysOf(header)}` });
  view.find(".tools").hidden = !header.grows;
  view.find(".hint").textContent = "Click where there is none to add a point.";
}

/** What belongs to the points: lines, arrows, contours, and the charts beside the plane. */
function take(view, header, blocks) {
  const rest = [...blocks], places = () => rest.shift(); // in the order of points.py
  view.header = header;
  view.paths = header.paths.map((path) => ({ ...path, places: places() }));
  view.contours = header.contours.map((field) => ({ ...field, values: places() }));
  view.arrows = header.arrows.map((arrows) => ({ ...arrows, places: places(), moves: places() }));
  takeFigures(view.figures, header.charts, rest);
  view.find(".line").textContent = header.line;
}

function keysOf({ grows }) {
  const more = grows ? ", Delete removes it" : "";
  return `Page Up and Page Down choose a point, arrow keys move it${more}.`;
}

function redraw(view) {
  if (!view.header || !view.root.clientWidth) return;
  view.find(".both").classList.toggle("wide", view.header.charts.length > 0);
  view.room = view.find(".plane").clientWidth;
  view.width = view.root.clientWidth;
  const { color, fontFamily, backgroundColor } = getComputedStyle(view.root);
  Object.assign(view, { ink: color, font: fontFamily, paper: backgroundColor });
  measurePlane(view);
  show(view);
  view.root.dataset.painted = Number(view.root.dataset.painted ?? 0) + 1; // for whoever waits for it, such as a test
}

function show(view) {
  drawPlane(view);
  drawFigures(view.figures);
  point(view, view.pointer);
  const { box, dots } = view;
  view.find(".less").disabled = !isSpare(view);
  view.root.dataset.box = [box.left, box.top, box.wide, box.tall]; // px; for tests
  view.root.dataset.dots = dots.map(({ x, y }) => [x, y]).join(";");
}

/** What is under the pointer, in words and in the legend; the chosen point while there is nothing. */
function point(view, pointer) {
  view.pointer = pointer;
  const near = view.held?.dot ?? (pointer ? dotNear(view, pointer) : -1);
  const at = near < 0 && !pointer ? view.chosen : near, dot = view.dots[at];
  const place = dot ? [dot.x, dot.y] : pointer && placeOf(view, pointer);
  drawPointer(view, at, dot ? null : pointer);
  legendOf(view, place);
  view.find(".said").textContent = place ? inWords(view, place, at) : "";
  view.base.style.cursor = near >= 0 && !view.dots[near].fixed ? "grab" : view.header.grows ? "copy" : "default";
}

function inWords({ header, dots }, [x, y], at) {
  const where = `${header.x_title} = ${brief(x)}, ${header.y_title} = ${brief(y)}`;
  return at < 0 ? where : [`${dots.length - dots.filter(({ fixed }) => fixed).length > 1 ? `Point ${at + 1}` : "Point"}: ${where}`, dots[at].note].filter(Boolean).join(" · ");
}

// Moving

function wirePointer(view) {
  const { base } = view, here = ({ offsetX, offsetY }) => [offsetX, offsetY];
  base.onpointerdown = (event) => { if (!event.button) grasp(view, here(event), event.pointerId); };
  base.onpointermove = (event) => {
    if (view.held?.id === event.pointerId) drag(view, here(event));
    else point(view, here(event));
  };
  base.onpointerup = (event) => { if (view.held?.id === event.pointerId) letGo(view, here(event)); };
  base.onpointercancel = () => { if (view.held?.dot >= 0) letGo(view, view.held.from); else view.held = null; };
  base.onpointerleave = () => { if (!view.held) point(view, null); };
  base.addEventListener("touchstart", (event) => { if (view.held?.dot >= 0) event.preventDefault(); }, { passive: false }); // no scrolling
}

function grasp(view, from, id) {
  if (view.held) return;
  const dot = dotNear(view, from), { x, y } = view.dots[dot] ?? { x: 0, y: 0 }, [across, up] = onScreen(view, x, y);
  view.held = { id, from, dot, off: [across - from[0], up - from[1]], moved: false };
  if (dot < 0) return;
  view.base.setPointerCapture(id);
  view.chosen = dot;
  show(view);
}

function drag(view, pointer) {
  const { held } = view;
  held.moved ||= Math.hypot(pointer[0] - held.from[0], pointer[1] - held.from[1]) > SLIP;
  if (held.dot < 0 || !held.moved) return;
  view.pointer = pointer;
  move(view, held.dot, placeOf(view, [pointer[0] + held.off[0], pointer[1] + held.off[1]]));
}

/** Tell which point was chosen or moved; a click where there is none adds one. */
function letGo(view, pointer) {
  const { dot, moved } = view.held;
  view.held = null;
  if (dot >= 0) tell(view, { dot });
  else if (!moved) add(view, placeOf(view, pointer));
}

/** Put a dot to a place within the plane, in steps of a pixel or so, and ask what follows. */
function move(view, at, place) {
  const dot = view.dots[at], [x, y] = settle(view, place);
  if (!dot || dot.fixed || (dot.x === x && dot.y === y)) return;
  view.dots = view.dots.with(at, { ...dot, x, y });
  show(view);
  question(view, at);
}

function settle({ header, box }, place) {
  return place.map((value, axis) => {
    const [low, high] = axis ? header.y : header.x, decimals = fineness(high - low, axis ? box.tall : box.wide);
    return Number(Math.min(high, Math.max(low, value)).toFixed(decimals)) || 0; // never minus zero
  });
}

function add(view, place) {
  const { grows, adds } = view.header;
  if (!grows || view.dots.length >= grows[1]) return;
  const [x, y] = settle(view, place), dots = [...view.dots, { x, y, style: adds, note: "", label: "", fixed: false }];
  Object.assign(view, { dots, chosen: dots.length - 1 });
  show(view);
  question(view, view.chosen);
  tell(view, { added: view.chosen });
}

/** Whether the chosen point can be taken away. */
function isSpare({ chosen, dots, header: { grows, keeps } }) {
  const last = keeps && dots.filter(({ style }) => style === dots[chosen]?.style).length === 1;
  return chosen >= 0 && !last && dots.length > (grows?.[0] ?? Infinity);
}

function remove(view) {
  const { chosen, dots } = view;
  if (!isSpare(view)) return;
  Object.assign(view, { dots: dots.toSpliced(chosen, 1), chosen: -1 });
  show(view);
  tell(view, { removed: chosen });
}

/** Page Up and Page Down choose, arrow keys move. */
function press(view, event) {
  const { chosen, dots } = view, turn = { PageUp: -1, PageDown: 1, "[": -1, "]": 1 }[event.key], way = ARROWS[event.key];
  if (turn && dots.length) choose(view, (Math.max(chosen, turn < 0 ? 0 : -1) + turn + dots.length) % dots.length);
  else if (way && chosen >= 0) walk(view, way, event.shiftKey ? LEAP : 1);
  else if (event.key === "Delete" || event.key === "Backspace") remove(view);
  else return;
  event.preventDefault();
}

function choose(view, at) {
  Object.assign(view, { chosen: at, pointer: null, walking: true });
  show(view);
}

function walk(view, [down, right], steps) {
  const { chosen, dots, header, box } = view, { x, y } = dots[chosen], size = (span, px) => steps * 10 ** -fineness(span, px);
  Object.assign(view, { pointer: null, walking: true });
  move(view, chosen, [x + right * size(header.x[1] - header.x[0], box.wide), y - down * size(header.y[1] - header.y[0], box.tall)]);
}

/** Ask for the lines that belong to the places of now. */
function question(view, at) {
  const { header, asked, dots } = view, { x, y } = dots[at];
  if (!header.ask) return;
  ask(asked, header.ask, { dot: at, x, y, ...all(dots) }, (bytes) => {
    const answer = unpack(bytes), { ask: address, alt } = view.header;
    if (answer.header.dots.length !== view.dots.length) return; // one more or less by now
    take(view, { ...answer.header, ask: address, alt }, answer.blocks);
    view.dots = answer.header.dots.map((dot, i) => ({ ...dot, x: view.dots[i].x, y: view.dots[i].y }));
    view.find(".notice").textContent = "";
    show(view);
    view.root.dataset.answered = Number(view.root.dataset.answered ?? 0) + 1; // for tests and measurements
  }, (error) => { view.find(".notice").textContent = error; });
}

/** Tell Python what was done and where all points are now. */
function tell(view, what) {
  view.walking = false;
  view.told += 1;
  const { x, y } = view.dots[what.dot] ?? {}, where = what.dot === undefined ? {} : { x, y };
  view.send({ ...what, ...where, ...all(view.dots), n: view.told });
}

/** Where all points are and which style each has. */
function all(dots) {
  return { dots: dots.map(({ x, y }) => [x, y]), styles: dots.map(({ style }) => style) };
}
