// Grids of what a network says: over shifts down and to the right, or over layers and amounts. Drag over one, and
// the picture moves along.

import { ARROWS, digits, fit } from "./canvas.js";
import { outline, tint } from "./grids.js";
import { bright, css, describe, element } from "./unit_marks.js";
import { minus } from "./unit_maths.js";

const WIDE_CELL = 17, LEAST_CELL = 2; // px
const LAYER_CELLS = [4, 12]; // px: how high the cells of a layer are
const HIGHEST = 289; // px of a grid
const LETTER = 10; // px of a cell from which a class has its letter
const RIM = 3; // px around a grid, for the outline of its cells
const HERE = "#e69f00"; // where the picture stands

export function takeFields(view, blocks) {
  const { fields } = view.header;
  if (view.fields.length !== fields.length) {
    view.fields = fields.map(() => buildField(view));
    view.find(".fields").replaceChildren(...view.fields.map(({ figure }) => figure));
  }
  view.fields.forEach((field, at) => Object.assign(field, fields[at], { values: blocks[at], hover: null }));
  view.find(".fields").style.setProperty("--most", Math.min(5, Math.max(4, fields.filter(({ down }) => down).length))); // in a row
}

function buildField(view) {
  const canvas = element("canvas", "base"), over = element("canvas", "over"), title = element("figcaption", ""), note = element("p", "note");
  const legend = element("p", "legend"), frame = element("div", "frame", canvas, over);
  const field = { figure: element("figure", "field", title, frame, note, legend), canvas, over, titleLine: title, noteLine: note, legend };
  over.tabIndex = 0;
  over.setAttribute("role", "application");
  over.onpointerdown = (event) => {
    if (event.button) return;
    over.setPointerCapture(event.pointerId);
    view.drag = { id: event.pointerId };
    go(view, field, cellAt(field, event));
  };
  over.onpointermove = (event) => {
    field.hover = cellAt(field, event);
    if (view.drag?.id === event.pointerId) go(view, field, field.hover);
    else markField(view, field);
  };
  over.onpointerleave = () => { field.hover = null; markField(view, field); };
  over.onpointerup = over.onpointercancel = () => { view.drag = null; view.tell(); };
  over.onkeydown = (event) => nudgeCell(view, field, event);
  over.onkeyup = over.onblur = () => { if (view.header) view.tell(); };
  return field;
}

/** Rows and columns of a grid. */
function sizeOf({ down, labels, across }) {
  return [down ? down.length : labels.length, across.length];
}

/** Row and column of the cell below the pointer. */
function cellAt(field, { offsetX, offsetY }) {
  const [rows, cols] = sizeOf(field), inside = (at, count) => Math.min(count - 1, Math.max(0, Math.floor(at)));
  return [inside((offsetY - RIM) / field.tall, rows), inside((offsetX - RIM) / field.wide, cols)];
}

/** Move the picture to where a cell is. */
function go(view, { down, across }, [row, col]) {
  view.move([down ? down[row] : 0, across[col]]);
}

/** The cell where the picture stands; of layers, the whole column. Null outside of the grid. */
function standing({ down, across }, place) {
  const row = down ? down.indexOf(place[0]) : 0, near = across.findIndex((value) => Math.abs(value - place[1]) < 1e-6);
  return row < 0 || near < 0 ? null : [row, near];
}

function nudgeCell(view, field, event) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [rows, cols] = sizeOf(field), from = standing(field, view.place) ?? [rows >> 1, cols >> 1], by = ARROWS[event.key];
  const clip = (at, count) => Math.min(count - 1, Math.max(0, at));
  go(view, field, [clip(from[0] + by[0], rows), clip(from[1] + by[1], cols)]);
}

export function drawFields(view) {
  for (const field of view.fields) {
    field.figure.classList.toggle("layered", !field.down); // wider, before it is measured
    const [rows, cols] = sizeOf(field), room = field.figure.clientWidth - 2 * RIM, least = Math.min(WIDE_CELL, room / cols);
    field.wide = Math.max(LEAST_CELL, least >= 4 ? Math.floor(least) : least);
    field.tall = field.down ? field.wide : Math.max(LAYER_CELLS[0], Math.min(LAYER_CELLS[1], Math.floor(HIGHEST / rows)));
    field.scale = { table: view.tints[field.colours], low: field.limits[0], high: field.limits[1] };
    field.titleLine.textContent = field.title;
    describe(field.over, { label: `${field.title}, ${rows} × ${cols} cells. Arrow keys move the picture.` });
    drawField(view, field);
    list(view, field);
  }
}

function openField(canvas, { wide, tall }, [rows, cols]) {
  return fit(canvas, cols * wide + 2 * RIM, rows * tall + 2 * RIM);
}

function drawField({ ink, font }, field) {
  const { wide, tall, values, scale, ready, colours } = field, size = sizeOf(field), context = openField(field.canvas, field, size);
  if (!ready) {
    Object.assign(context, { fillStyle: ink, globalAlpha: 0.08 });
    context.fillRect(RIM, RIM, size[1] * wide, size[0] * tall);
    return;
  }
  Object.assign(context, { font: `${tall - 4}px ${font}`, textAlign: "center", textBaseline: "middle" });
  values.forEach((value, at) => {
    const x = RIM + (at % size[1]) * wide, y = RIM + Math.floor(at / size[1]) * tall, colour = colours === "classes" ? scale.table[value] : tint(scale, value);
    context.fillStyle = css(colour);
    context.fillRect(x, y, wide, tall);
    if (colours !== "classes" || wide < LETTER) return;
    context.fillStyle = bright(colour) ? "#000b" : "#fffc";
    context.fillText(letter(value), x + wide / 2, y + tall / 2 + 0.5);
  });
}

/** A, B, C … for the classes that occur, the first one being that of the picture as it is. */
function letter(value) {
  return String.fromCharCode(64 + value);
}

/** What the colours mean. */
function list(view, { legend, colours, names, ready, limits }) {
  legend.replaceChildren(...(colours === "classes" ? (ready ? names : []).map((name, at) => swatch(view.tints.classes, name, at + 1)) : [digits(limits[0]), strip(view.tints[colours]), digits(limits[1])]));
}

function swatch(table, name, value) {
  const mark = element("i", "swatch", letter(value)), colour = table[value];
  Object.assign(mark.style, { background: css(colour), color: bright(colour) ? "#000" : "#fff" });
  return element("span", "", mark, name);
}

function strip(table) {
  const canvas = element("canvas", "strip");
  Object.assign(canvas, { width: 256, height: 1 });
  const context = canvas.getContext("2d"), row = context.createImageData(256, 1);
  new Uint32Array(row.data.buffer).set(table);
  context.putImageData(row, 0, 0);
  return canvas;
}

export function markFields(view) {
  view.fields.forEach((field) => markField(view, field));
}

/** Where the picture stands, where it is not moved, and the value of the cell that is pointed at. */
function markField({ place, ink, header }, field) {
  const { wide, tall, hover, ready, down } = field, size = sizeOf(field), context = openField(field.over, field, size), here = standing(field, place);
  const box = ([row, col]) => (down ? [RIM + col * wide, RIM + row * tall, wide, tall] : [RIM + col * wide, RIM, wide, size[0] * tall]);
  const still = standing(field, [0, header.neutral]);
  if (still) {
    context.setLineDash([3, 2]);
    Object.assign(context, { strokeStyle: ready ? "#fff" : ink, lineWidth: 1.5 });
    context.strokeRect(...box(still));
    context.setLineDash([]);
  }
  if (here) outline(context, box(here), HERE);
  field.noteLine.textContent = [cellInWords(field, header, hover ?? (down ? here : null), hover), field.note].filter(Boolean).join(". ");
}

/** What a cell says; where it is, too, when it is pointed at. */
function cellInWords({ values, ready, colours, names, labels, down, across }, { unit }, cell, hover) {
  if (!ready || !cell) return "";
  const [row, col] = cell, value = values[row * across.length + col], said = colours === "classes" ? names[value - 1] : digits(value);
  if (!hover) return said;
  const amount = minus(Number(across[col].toFixed(3)));
  return down ? `${amount} px right, ${minus(down[row])} px down: ${said}` : `${labels[row]} at ${amount}${unit}: ${said}`;
}
