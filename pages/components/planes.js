// A plane with points that are dragged, for any component:
//   const plane = planeIn(box, { moved, released });   once; `box` is an element
//   takePlane(plane, header, blocks);                  another message, as `pack` of points.py makes it
//   layPlane(plane);                                   after that, and whenever the box changes its size or theme
// `plane.dots` are where they stand. `moved(dot, [x, y])` is called when one is moved by hand, and before that the dot
// is not; `released(dot)` when it is let go, or clicked.

import { ARROWS } from "./canvas.js";
import { dotNear, drawPlane, drawPointer, fineness, legendOf, measurePlane, onScreen, placeOf } from "./points_draw.js";
import { describe, element } from "./unit_marks.js";

const SLACK = 3; // px that a click may move

export function planeIn(place, hooks) {
  const title = element("p", "title"), base = element("canvas", "base"), over = element("canvas", "over"), names = element("p", "names");
  place.classList.add("plane");
  place.append(title, element("div", "frame", base, over), names);
  const find = (selector) => place.querySelector(selector);
  const plane = { ...hooks, place, find, base, over, dots: [], chosen: -1, held: null, pointer: null };
  wirePlane(plane);
  return plane;
}

/** Take over another message; a dot that is being dragged stays where it is. */
export function takePlane(plane, header, blocks) {
  const rest = [...blocks], next = () => rest.shift(), { held, dots } = plane;
  plane.header = header;
  plane.paths = header.paths.map((path) => ({ ...path, places: next() }));
  plane.contours = header.contours.map((field) => ({ ...field, values: next() }));
  plane.arrows = header.arrows.map((arrows) => ({ ...arrows, places: next(), moves: next() }));
  plane.dots = header.dots.map((dot, at) => (at === held?.dot ? { ...dot, x: dots[at].x, y: dots[at].y } : dot));
  plane.find(".title").textContent = header.line;
}

export function layPlane(plane) {
  const { color, fontFamily, backgroundColor } = getComputedStyle(plane.place);
  Object.assign(plane, { ink: color, font: fontFamily, paper: backgroundColor, room: plane.place.clientWidth });
  measurePlane(plane);
  drawPlane(plane);
  pointIn(plane, plane.pointer);
  plane.place.dataset.box = Object.values(plane.box); // left, top, width, height in px; for tests
}

/** What a screen reader says of it. */
export function describePlane({ base }, alt) {
  base.tabIndex = 0;
  base.setAttribute("role", "application");
  describe(base, { label: `${alt} Page Up and Page Down choose a point, arrow keys move it.` });
}

/** A ring around the dot at the pointer; in the legend the values there, or at the chosen dot. */
function pointIn(plane, pointer) {
  plane.pointer = pointer;
  const near = plane.held?.dot ?? (pointer ? dotNear(plane, pointer) : -1), dot = plane.dots[near < 0 && !pointer ? plane.chosen : near];
  drawPointer(plane, near, dot ? null : pointer);
  legendOf(plane, dot ? [dot.x, dot.y] : pointer && placeOf(plane, pointer));
  plane.base.style.cursor = near < 0 ? "default" : plane.dots[near].fixed ? "pointer" : "grab";
}

function wirePlane(plane) {
  const { base } = plane, here = ({ offsetX, offsetY }) => [offsetX, offsetY];
  base.onpointerdown = (event) => { if (!event.button) seizeDot(plane, here(event), event.pointerId); };
  base.onpointermove = (event) => {
    if (plane.held?.id === event.pointerId) pullDot(plane, here(event));
    else pointIn(plane, here(event));
  };
  base.onpointerup = base.onpointercancel = () => dropDot(plane);
  base.onpointerleave = () => { if (!plane.held) pointIn(plane, null); };
  base.addEventListener("touchstart", (event) => { if (plane.held) event.preventDefault(); }, { passive: false }); // no scrolling
  base.onkeydown = (event) => pressIn(plane, event);
  base.onkeyup = base.onblur = () => dropDot(plane);
}

function seizeDot(plane, from, id) {
  const dot = dotNear(plane, from);
  if (plane.held || dot < 0) return;
  const [across, up] = onScreen(plane, plane.dots[dot].x, plane.dots[dot].y);
  plane.base.setPointerCapture(id);
  plane.held = { id, dot, from, off: [across - from[0], up - from[1]], moved: false };
  plane.chosen = dot;
  layPlane(plane);
}

function pullDot(plane, [x, y]) {
  const { held } = plane, { from, off, dot } = held;
  plane.pointer = [x, y];
  held.moved ||= Math.hypot(x - from[0], y - from[1]) > SLACK;
  if (held.moved) shiftDot(plane, dot, placeOf(plane, [x + off[0], y + off[1]]));
}

/** Ask for another place of a dot, within the plane and in steps of a pixel or so. */
function shiftDot(plane, dot, place) {
  const { header, box, dots } = plane;
  if (dots[dot].fixed) return;
  const [x, y] = place.map((value, axis) => {
    const [low, high] = axis ? header.y : header.x, decimals = fineness(high - low, axis ? box.tall : box.wide);
    return Number(Math.min(high, Math.max(low, value)).toFixed(decimals)) || 0; // never minus zero
  });
  if (x !== dots[dot].x || y !== dots[dot].y) plane.moved(dot, [x, y]);
}

function dropDot(plane) {
  const { held } = plane;
  plane.held = null;
  if (held) plane.released(held.dot);
}

/** Page Up and Page Down choose a dot, arrow keys move it, with Shift ten times as far. */
function pressIn(plane, event) {
  const { dots, chosen, header, box } = plane, turn = { PageUp: -1, PageDown: 1, "[": -1, "]": 1 }[event.key], way = ARROWS[event.key];
  if (!turn && !way) return;
  event.preventDefault();
  if (turn) plane.chosen = (Math.max(chosen, turn < 0 ? 0 : -1) + turn + dots.length) % dots.length;
  else if (chosen < 0) plane.chosen = 0;
  plane.held = { id: null, dot: plane.chosen };
  plane.pointer = null;
  layPlane(plane);
  if (!way) return;
  const step = (axis, px) => (event.shiftKey ? 10 : 1) * 10 ** -fineness(header[axis][1] - header[axis][0], px), { x, y } = dots[plane.chosen];
  shiftDot(plane, plane.chosen, [x + way[1] * step("x", box.wide), y - way[0] * step("y", box.tall)]);
}
