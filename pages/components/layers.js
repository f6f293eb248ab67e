// A network as a strip from input to output: each layer with its strongest map, and lines to the layers that
// read it.

import { isDark, tints } from "./canvas.js";
import { viewOf } from "./views.js";

const ROW = 46, HEADING = 24; // px high
const BOX = 36; // px: side of the square that a thumbnail fits into
const LANES = 56, EDGE = 9, PITCH = 11; // px: all lanes at most, beside the outer ones, between two at most
const SVG = "http://www.w3.org/2000/svg", NUMBER = new Intl.NumberFormat("en-US");

/**
 * Lanes for the lines between layers. The longest path from input to output has lane 0. Other paths have lanes
 * beside it, and so has each output that is carried past layers of its own path: the shorter, the nearer to 0.
 *
 * layers: [{ inputs: indices of earlier layers }]. Returns { count, at: lane of each layer, edges: [{ from, to,
 * lane }] }; an edge leaves `from`, runs along its lane and ends in `to`.
 */
export function lanes(layers) {
  const { path, before, source } = paths(layers), spans = new Map();
  const edges = layers.flatMap(({ inputs }, to) => inputs.map((from) => {
    const within = before[to] === from || source[to] === from;
    const span = within ? path[to] : path[from] === from ? path[from] : `past ${from}`;
    return { from, to, span };
  }));
  path.forEach((span, layer) => extend(spans, span, layer, layer));
  for (const { from, to, span } of edges) extend(spans, span, from, to);
  const lane = placed(spans, path[layers.length - 1]);
  return {
    count: 1 + Math.max(...lane.values()),
    at: path.map((span) => lane.get(span)),
    edges: edges.map(({ from, to, span }) => ({ from, to, lane: lane.get(span) })),
  };
}

/**
 * Split a network into paths, the longest first. For each layer: `path`, the last layer of its path; `before`, the
 * layer before it on its path; or, for the first of a path, `source`, the layer where the path branches off.
 */
function paths(layers) {
  const depth = [], path = layers.map(() => null), before = [], source = [];
  for (const { inputs } of layers) depth.push(1 + Math.max(-1, ...inputs.map((input) => depth[input])));
  for (let last = layers.length - 1; last >= 0; last--) {
    for (let layer = last; layer !== undefined && path[layer] === null; layer = before[layer]) {
      const { inputs } = layers[layer], free = inputs.filter((input) => path[input] === null);
      path[layer] = last;
      if (free.length) before[layer] = free.reduce((best, input) => depth[input] > depth[best] ? input : best);
      else if (inputs.length) source[layer] = Math.max(...inputs);
    }
  }
  return { path, before, source };
}

function extend(spans, key, from, to) {
  const span = spans.get(key);
  spans.set(key, span ? [Math.min(span[0], from), Math.max(span[1], to)] : [from, to]);
}

/** The lane of each span of layers; `first` has lane 0 to itself. */
function placed(spans, first) {
  const lane = new Map([[first, 0]]), taken = [[[-Infinity, Infinity]]];
  const rest = [...spans].filter(([key]) => key !== first);
  rest.sort(([, [a, b]], [, [c, d]]) => b - a - (d - c) || a - c);
  for (const [key, [from, to]] of rest) {
    let free = taken.findIndex((others) => others.every(([start, end]) => to <= start || end <= from));
    if (free < 0) free = taken.push([]) - 1;
    taken[free].push([from, to]);
    lane.set(key, free);
  }
  return lane;
}

/** The block that each layer is shown under: the path around it. A block inside another does not interrupt it. */
export function blocksOf(names) {
  const around = names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf("."))));
  let block = "";
  return around.map((path, index) => {
    const back = path.startsWith(`${block}.`) && around.slice(index).find((later) => later !== path) === block;
    if (!back) block = path;
    return block;
  });
}

export default function render(call) {
  const view = viewOf(call, create, accept);
  view.pick = (name) => call.setTriggerValue("pick", name);
  if (view.header) paint(view, isDark(call.parentElement));
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = element("div", "network"), list = element("div", "list");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "layers");
  root.append(list);
  parent.append(root);
  const view = { root, list, text: null };
  list.onclick = (event) => { const index = rowOf(view, event); if (index >= 0) choose(view, index); };
  list.onkeydown = (event) => step(view, event);
  list.onpointerover = (event) => light(view, rowOf(view, event));
  list.onpointerleave = () => light(view, -1);
  return view;
}

function rowOf(view, event) {
  return view.rows.indexOf(event.target.closest("li"));
}

/** Take over a message; rows are built anew only when the layers are others. */
function accept(view, { header, blocks: [entries, ...tables] }) {
  Object.assign(view, { header, entries, tables: tables.map(tints) });
  const text = JSON.stringify(header.layers);
  if (text !== view.text) {
    Object.assign(view, { text, turn: null, selected: -1, hovered: -1 });
    build(view, header.layers);
  }
  if (header.turn !== view.turn) mark(view, header.chosen); // else the visitor may have gone on
  view.turn = header.turn;
}

function build(view, layers) {
  const names = layers.map((layer) => layer.name), under = blocksOf(names);
  view.graph = lanes(layers);
  view.middles = [];
  view.thumbs = layers.map(thumbnail);
  view.rows = layers.map((layer, index) => row(layer, names, under[index], view.thumbs[index].canvas));
  const groups = [];
  let height = 0;
  view.rows.forEach((item, index) => {
    if (!index || under[index] !== under[index - 1]) {
      groups.push(group(under[index]));
      if (under[index]) height += HEADING;
    }
    groups.at(-1).append(item);
    view.middles.push(height + ROW / 2);
    height += ROW;
  });
  view.list.replaceChildren(...groups, drawn(view, layers, height));
}

function group(block) {
  const items = element("ul", "");
  items.setAttribute("role", block ? "group" : "none");
  if (!block) return items;
  items.setAttribute("aria-label", block);
  const heading = element("li", "heading");
  heading.setAttribute("role", "none");
  heading.title = block;
  heading.append(parted(block));
  items.append(heading);
  return items;
}

function row(layer, names, block, canvas) {
  const item = element("li", "layer"), what = [layer.kind, layer.settings].filter(Boolean).join(", ");
  const shape = layer.shape.map(NUMBER.format).join(" × ");
  const count = layer.parameters ? NUMBER.format(layer.parameters) : "";
  const reads = layer.inputs.length > 1 ? `\nreads ${layer.inputs.map((input) => names[input]).join(", ")}` : "";
  const figures = element("span", "figures"), weights = element("span", "parameters", count), box = element("span", "thumb");
  item.dataset.name = layer.name;
  item.title = layer.name + reads;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.setAttribute("aria-label", `${layer.name}, ${what}, ${shape}${count && `, ${count} parameters`}`);
  item.tabIndex = -1;
  if (count) weights.title = `${count} parameters`;
  box.append(canvas);
  figures.append(element("span", "shape", shape), weights);
  item.append(box, parted(block ? layer.name.slice(block.length + 1) : layer.name), element("span", "kind", what), figures);
  return item;
}

/** A name; where it has no room, what is around its last part gives way first. */
function parted(name) {
  const whole = element("span", "name"), cut = name.lastIndexOf(".") + 1;
  whole.append(element("span", "around", name.slice(0, cut)), element("span", "own", name.slice(cut)));
  return whole;
}

/** A canvas with one pixel for each value, as large as fits into the box. */
function thumbnail({ thumb: [height, width] }) {
  const canvas = document.createElement("canvas"), scale = BOX / Math.max(height, width);
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  const context = canvas.getContext("2d", { willReadFrequently: true }), image = context.createImageData(width, height);
  return { canvas, context, image, pixels: new Uint32Array(image.data.buffer) };
}

/** The lines and dots at the left of the rows. */
function drawn(view, layers, height) {
  const { count, at, edges } = view.graph, pitch = Math.min(PITCH, (LANES - 2 * EDGE) / Math.max(1, count - 1));
  const width = 2 * EDGE + (count - 1) * pitch, svg = shape("svg", "lines", { width, height });
  view.place = (lane) => EDGE + lane * pitch;
  view.lit = shape("path", "lit", {});
  svg.append(shape("path", "all", { d: lines(view, edges), "stroke-width": pitch < 3 ? 1 : 1.5 }), view.lit);
  view.dots = layers.map((layer, index) => shape("circle", layer.group, { cx: view.place(at[index]), cy: view.middles[index] }));
  svg.append(...view.dots);
  svg.setAttribute("aria-hidden", "true");
  svg.dataset.lanes = count;
  view.list.style.setProperty("--lanes", `${width}px`);
  return svg;
}

/** Edges as one path: from a dot over to the lane, along it, and over to each dot that reads it. */
function lines({ graph, place, middles }, edges) {
  const over = (from, to, y) => from === to ? "" : `C${from} ${y + ROW * 0.3} ${to} ${y + ROW * 0.2} ${to} ${y + ROW / 2}`;
  const reached = new Map(); // y down to which an output's line on a lane is drawn
  return edges.map(({ from, to, lane }) => {
    const start = place(graph.at[from]), x = place(lane), end = place(graph.at[to]), key = `${from} ${lane}`;
    const turn = middles[to] - ROW / 2, begin = reached.get(key);
    reached.set(key, turn);
    const above = begin === undefined ? `M${start} ${middles[from]}${over(start, x, middles[from])}` : `M${x} ${begin}`;
    return `${above}V${x === end ? middles[to] : turn}${over(x, end, turn)}`;
  }).join("");
}

/** Colour the lines of the layer under the pointer, else of the selected one. */
function light(view, hovered) {
  view.hovered = hovered;
  const index = hovered < 0 ? view.selected : hovered;
  const own = view.graph.edges.filter(({ from, to }) => from === index || to === index);
  view.lit.setAttribute("d", lines(view, own));
}

function paint(view, dark) {
  const { header, entries, tables: [magnitude, onLight, onDark] } = view;
  let start = 0;
  view.thumbs.forEach(({ context, image, pixels }, index) => {
    const table = !header.signed[index] ? magnitude : dark ? onDark : onLight;
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[entries[start + i]];
    context.putImageData(image, 0, 0);
    start += pixels.length;
  });
  view.root.dataset.painted = header.id; // for whoever waits for it, such as a test
}

function mark(view, name) {
  const index = view.header.layers.findIndex((layer) => layer.name === name);
  if (index === view.selected) return;
  for (const [at, on] of [[view.selected, false], [index, true]]) {
    if (!view.rows[at]) continue;
    view.rows[at].setAttribute("aria-selected", on);
    view.rows[at].tabIndex = on ? 0 : -1;
    view.dots[at].classList.toggle("on", on);
  }
  view.selected = index;
  light(view, view.hovered);
  reveal(view);
}

/** Scroll the list, and never the page, until the selected row is in sight, below its heading and above the fade. */
function reveal({ list, middles, selected }) {
  const top = middles[selected] - ROW / 2 - HEADING, bottom = middles[selected] + ROW;
  const above = list.scrollTop - top, below = bottom - list.scrollTop - list.clientHeight;
  if (Math.max(above, below) > 3 * ROW) list.scrollTop = top - list.clientHeight / 3;
  else if (above > 0) list.scrollTop = top;
  else if (below > 0) list.scrollTop += below;
}

function choose(view, index) {
  const { name } = view.header.layers[index];
  view.rows[index].focus({ preventScroll: true });
  if (index === view.selected) return;
  mark(view, name);
  view.pick(name);
}

function step(view, event) {
  const last = view.rows.length - 1;
  const to = { ArrowDown: view.selected + 1, ArrowUp: view.selected - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (to >= 0 && to <= last) choose(view, to);
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function shape(tag, name, attributes) {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute("class", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
