// "Where it looks": the picture, the field of the unit in it, and the field enlarged if it is small.

import { digits, fit, surface } from "./canvas.js";
import { describe, hatch, lay, report, step } from "./unit_marks.js";
import { extremes, halfMass, span, total, whole } from "./unit_maths.js";

const EDGE = 4; // px around a picture, for the outline of the field
const WIDEST = 420, LENS = 136; // px: the picture at most, the enlarged field of a unit that looks at little
const FADED = 0.45; // of the picture outside of the field
const PURPLE = 0xa779cc; // of the gradient: blue, green, red

/** Wire the events, once. */
export function wireField(view) {
  const slider = view.find("input"), { canvas } = view.photo;
  slider.value = view.opacity;
  slider.oninput = () => { view.opacity = +slider.value; drawField(view); };
  for (const stage of [view.photo, view.lens]) {
    stage.canvas.onmousemove = (event) => pointPixel(view, pixelAt(view, stage, event));
    stage.canvas.onmouseleave = stage.canvas.onblur = () => pointPixel(view, null);
  }
  canvas.tabIndex = 0;
  canvas.onkeydown = (event) => step(event, view.pixel, view.header.picture, (pixel) => pointPixel(view, pixel));
}

/** What stays as it is while the visitor looks at one unit: texts and pictures. */
export function writeField(view, picture) {
  const { header, gradient, find } = view;
  Object.assign(view, { peak: extremes(gradient)[1], mass: total(gradient) });
  paintPicture(view, picture);
  find(".theory").textContent = theory(header);
  find(".effect").textContent = effect(view);
  find(".peak").textContent = digits(view.peak);
  find(".overlay").hidden = !view.veil;
  describe(view.photo.canvas, { label: header.alt });
  describe(view.lens.canvas, { label: "the field, enlarged" });
}

/** The picture, in colour and in grey, and the gradient as a purple veil. */
function paintPicture(view, picture) {
  const { w, h } = view.header.picture, part = (i, colour) => picture[3 * i + colour];
  const each = (colour) => surface(w, h, (pixels) => { for (let i = 0; i < w * h; i++) pixels[i] = colour(i); });
  view.picture = each((i) => 0xff000000 | (part(i, 2) << 16) | (part(i, 1) << 8) | part(i, 0));
  // Grey, so that every colour comes from the gradient (ITU-R BT.601).
  view.grey = each((i) => 0xff000000 | (0x10101 * Math.round(0.299 * part(i, 0) + 0.587 * part(i, 1) + 0.114 * part(i, 2))));
  view.veil = view.peak ? each((i) => (Math.round(255 * view.gradient[i] / view.peak) << 24) | PURPLE) : null;
}

function theory({ box, picture }) {
  const [top, left, bottom, right] = box, place = `${span("row", top, bottom - 1)}, ${span("column", left, right - 1)}`;
  const beyond = top < 0 || left < 0 || bottom > picture.h || right > picture.w;
  const more = beyond ? " It reaches beyond the picture, into the padding." : "";
  return `Theoretical: ${bottom - top} × ${right - left} px, ${place}.${more}`;
}

function effect({ header, gradient, peak }) {
  if (!gradient.length) return "";
  if (!peak) return "No pixel moves this unit now: its gradient is 0 everywhere.";
  const [top, left, bottom, right] = header.box, { h, w } = header.picture, count = halfMass(gradient);
  const area = (Math.min(h, bottom) - Math.max(0, top)) * (Math.min(w, right) - Math.max(0, left));
  return `Effective: half of the gradient lies on ${whole(count)} px (${digits(100 * count / area)}\u00a0% of the field).`;
}

/** The whole picture, and the field enlarged if it is small. */
export function drawField(view) {
  const { photo, lens, header } = view, { h, w } = header.picture, [top, left, bottom, right] = header.box;
  const scale = Math.min(WIDEST, view.find(".where").clientWidth - 2 * EDGE) / Math.max(h, w), even = Math.floor(scale);
  Object.assign(photo, { top: 0, left: 0, h, w, scale: even > 0.9 * scale ? even : scale }); // whole px if they fill the room
  const size = Math.max(bottom - top, right - left), margin = Math.max(2, Math.round(size / 2));
  Object.assign(lens, { top: top - margin, left: left - margin, h: bottom - top + 2 * margin, w: right - left + 2 * margin });
  lens.scale = Math.floor(LENS / (size + 2 * margin));
  lens.box.hidden = lens.scale < 2 * photo.scale;
  for (const stage of [photo, lens]) if (!stage.box.hidden) drawStage(view, stage);
  view.find(".overlay").style.maxWidth = `${w * photo.scale}px`;
  pointPixel(view, view.pixel);
}

/** A part of the picture with the outline of the field. */
function drawStage(view, stage) {
  const { scale } = stage, context = fit(stage.canvas, stage.w * scale + 2 * EDGE, stage.h * scale + 2 * EDGE);
  const ratio = window.devicePixelRatio || 1, place = (px, start) => EDGE + Math.round((px - start) * scale * ratio) / ratio;
  const [top, left, bottom, right] = view.header.box.map((px, i) => place(px, i % 2 ? stage.left : stage.top));
  const field = [left, top, right - left, bottom - top];
  context.save();
  context.beginPath();
  context.rect(EDGE, EDGE, stage.w * scale, stage.h * scale);
  context.clip();
  paintStage(view, stage, context, field);
  context.restore();
  for (const [colour, width] of [["#000", 4], ["#fff", 2]]) { // white between two dark lines, all around the field
    Object.assign(context, { strokeStyle: colour, lineWidth: width });
    context.strokeRect(left - 2, top - 2, right - left + 4, bottom - top + 4);
  }
}

/** The picture, faded outside of the field, and from its grey to nothing as the gradient comes forward. */
function paintStage(view, stage, context, field) {
  const { h, w } = view.header.picture, { scale } = stage, share = view.veil ? view.opacity / 50 : 0;
  const box = [EDGE - stage.left * scale, EDGE - stage.top * scale, w * scale, h * scale];
  const all = [EDGE, EDGE, stage.w * scale, stage.h * scale];
  const cover = (alpha, draw) => { context.globalAlpha = Math.min(1, Math.max(0, alpha)); draw(); };
  context.imageSmoothingEnabled = w > 64 && stage === view.photo;
  context.fillStyle = hatch(context);
  context.fillRect(...all);
  context.drawImage(view.picture, ...box);
  cover(share, () => context.drawImage(view.grey, ...box));
  context.fillStyle = view.paper;
  cover(share - 1, () => context.fillRect(...box));
  context.beginPath();
  context.rect(...all);
  context.rect(...field);
  cover(FADED, () => context.fill("evenodd"));
  if (view.veil) cover(share, () => context.drawImage(view.veil, ...box));
}

function pixelAt(view, stage, event) {
  const { h, w } = view.header.picture, { top, left, scale } = stage;
  const row = top + Math.floor((event.offsetY - EDGE) / scale), col = left + Math.floor((event.offsetX - EDGE) / scale);
  return row >= 0 && col >= 0 && row < h && col < w ? { row, col } : null;
}

function pointPixel(view, pixel) {
  view.pixel = pixel;
  for (const { top, left, h, w, scale, cursor } of [view.photo, view.lens]) {
    const row = pixel && pixel.row - top, col = pixel && pixel.col - left;
    cursor.hidden = !pixel || row < 0 || col < 0 || row >= h || col >= w;
    lay(cursor, EDGE + col * scale, EDGE + row * scale, scale, scale);
  }
  report(view, "pixel", pixel && atPixel(view, pixel), "Point at the picture to read its pixels.");
}

function atPixel({ header, gradient, mass }, { row, col }) {
  const [top, left, bottom, right] = header.box, value = gradient[row * header.picture.w + col];
  const field = row >= top && row < bottom && col >= left && col < right ? "inside the field" : "outside the field";
  const share = value ? ` (${digits(100 * value / mass)}\u00a0% of all)` : "";
  return `row ${row}, column ${col}: ${gradient.length ? `gradient ${digits(value)}${share}` : field}`;
}
