// Where one looks at the surfaces from: turned by dragging and by keys, kept while the session lasts.

import { ARROWS } from "./canvas.js";

export const CAMERA = { turn: -0.65, tilt: 0.72, zoom: 1 }; // a and b are least in the corner in front
export const ZOOM = 1.15; // by one press of a key
const LOW_TILT = 0.08, HIGH_TILT = Math.PI / 2, NEAREST = 4, FURTHEST = 0.5;
const PER_PX = 0.008, PER_KEY = 0.12; // radians of a turn
const REST = 140; // ms without a turn, after which the surface is drawn finely

/**
 * Turn all surfaces of a view by what is done to one of them; view.draw(moves) draws them. `point` gets what moves
 * over it without turning it, and null.
 */
export function wireTurning(view, over, point) {
  over.onpointerdown = (event) => {
    if (event.button) return;
    over.setPointerCapture(event.pointerId);
    view.drag = [event.clientX, event.clientY];
    point(null);
  };
  over.onpointermove = (event) => {
    if (view.drag) turnBy(view, event.clientX - view.drag[0], event.clientY - view.drag[1], [event.clientX, event.clientY]);
    else point(event);
  };
  over.onpointerup = over.onpointercancel = () => { view.drag = null; };
  over.onpointerleave = () => point(null);
  over.ondblclick = () => look(view, firstLook(view));
  over.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && over.getRootNode().activeElement !== over) return; // else the page could not be scrolled here
    event.preventDefault();
    zoomBy(view, Math.exp(-event.deltaY / 500));
  }, { passive: false });
  over.onkeydown = (event) => pressHill(view, event);
}

function turnBy(view, right, down, from) {
  view.drag = from;
  look(view, { turn: view.camera.turn - PER_PX * right, tilt: view.camera.tilt + PER_PX * down });
}

/** Zoom by a factor. */
export function zoomBy(view, factor) {
  look(view, { zoom: view.camera.zoom * factor });
}

/** From the corner where the losses are lowest, so that nothing stands before the valley. */
export function firstLook({ panes }) {
  const corners = [0, 0, 0, 0];
  for (const { heights, shape: [rows, columns] } of panes) {
    [0, columns - 1, rows * columns - 1, (rows - 1) * columns].forEach((cell, at) => { corners[at] += heights[cell] || 0; });
  }
  return { ...CAMERA, turn: CAMERA.turn + Math.PI / 2 * corners.indexOf(Math.min(...corners)) };
}

/** Look from elsewhere: soon with fewer pixels, and finely once it rests. */
export function look(view, change) {
  const { camera } = view, within = (value, low, high) => Math.min(high, Math.max(low, value));
  Object.assign(camera, change);
  camera.tilt = within(camera.tilt, LOW_TILT, HIGH_TILT);
  camera.zoom = within(camera.zoom, FURTHEST, NEAREST);
  view.frame ??= requestAnimationFrame(() => view.draw(true));
  clearTimeout(view.rest);
  view.rest = setTimeout(() => {
    view.draw(false);
    keepCamera(view);
    view.send({ camera: [camera.turn, camera.tilt, camera.zoom].map((each) => Number(each.toFixed(3))) });
  }, REST);
}

function pressHill(view, event) {
  const { key } = event, { turn, tilt } = view.camera, [down, right] = ARROWS[key] ?? [0, 0];
  if (key in ARROWS) look(view, { turn: turn + PER_KEY * right, tilt: tilt - PER_KEY * down });
  else if (key === "+" || key === "-") zoomBy(view, key === "+" ? ZOOM : 1 / ZOOM);
  else if (key === "Home") look(view, firstLook(view));
  else return;
  event.preventDefault();
}

/** The camera stays where it is when the page is left and opened again. */
function keepCamera({ camera, header }) {
  try {
    sessionStorage.setItem(`terrain.${header.key}`, JSON.stringify(camera));
  } catch { /* a page on a disk may have no storage */ }
}

/** Whether there was a camera to be taken up again: that of the link, or of this session. */
export function recallCamera({ camera, header }) {
  if (header.camera) {
    const [turn, tilt, zoom] = header.camera;
    return Boolean(Object.assign(camera, { turn, tilt, zoom }));
  }
  try {
    const kept = JSON.parse(sessionStorage.getItem(`terrain.${header.key}`));
    return kept !== null && Boolean(Object.assign(camera, kept));
  } catch {
    return false;
  }
}
