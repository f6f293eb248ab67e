// Who reads whom: channels as dots, layer beside layer, and a line wherever one reads another.

import { ARROWS, unpack } from "./canvas.js";
import { rootIn } from "./views.js";

const STEP = 24, WIDE = 96, RADIUS = 8, EDGE = 14; // px: between dots, between layers, of a dot, around all
const SVG = "http://www.w3.org/2000/svg";

const MARKUP = `<div class="diagrams"></div><p class="status" aria-live="polite"></p>`;

export default function render({ data, parentElement }) {
  let view = parentElement.__view;
  if (!view) view = parentElement.__view = create(parentElement);
  if (!data || data === view.data) return;
  view.data = data;
  const { header, blocks } = unpack(data);
  let next = 0;
  view.diagrams = header.diagrams.map((diagram) => ({ ...diagram, reads: diagram.layers.slice(1).map(() => blocks[next++]) }));
  view.root.querySelector(".diagrams").replaceChildren(...view.diagrams.map((diagram) => drawn(view, diagram)));
  tell(view, null, null);
  view.root.dataset.painted = header.id; // for whoever waits for it, such as a test
}

function create(parent) {
  const root = rootIn(parent, MARKUP);
  return { root, status: root.querySelector(".status") };
}

/** One diagram with its title above and its numbers below. */
function drawn(view, diagram) {
  const most = Math.max(...diagram.layers), tall = (most - 1) * STEP + 2 * EDGE, wide = (diagram.layers.length - 1) * WIDE + 2 * EDGE;
  const box = document.createElement("figure"), title = document.createElement("figcaption"), note = document.createElement("p");
  const picture = shape("svg", { viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall, tabindex: 0, role: "img" });
  title.textContent = diagram.title;
  note.textContent = diagram.note;
  picture.setAttribute("aria-label", `${diagram.title}: ${diagram.layers.join(" to ")} channels. ${diagram.note}`);
  diagram.place = (layer, channel) => [EDGE + layer * WIDE, tall / 2 + (channel - (diagram.layers[layer] - 1) / 2) * STEP];
  diagram.lines = lines(diagram, picture);
  diagram.dots = dots(view, diagram, picture);
  picture.onmouseleave = picture.onblur = () => tell(view, diagram, null);
  picture.onkeydown = (event) => step(view, diagram, event);
  box.append(title, picture, note);
  return box;
}

/** Every connection as a line, with the layer, the channel that reads, and the one that is read. */
function lines({ layers, reads, place }, picture) {
  const found = [];
  reads.forEach((table, before) => {
    const inputs = layers[before];
    table.forEach((reading, at) => {
      if (!reading) return;
      const to = Math.floor(at / inputs), from = at % inputs, [x1, y1] = place(before, from), [x2, y2] = place(before + 1, to);
      const line = shape("line", { x1, y1, x2, y2 });
      picture.append(line);
      found.push({ layer: before + 1, from, to, line });
    });
  });
  return found;
}

function dots(view, diagram, picture) {
  const { layers, place } = diagram;
  return layers.map((count, layer) => Array.from({ length: count }, (_, channel) => {
    const [cx, cy] = place(layer, channel), kind = layer === 0 ? "input" : "output";
    const dot = shape("circle", { cx, cy, r: RADIUS, class: kind });
    dot.onmouseenter = () => tell(view, diagram, [layer, channel]);
    picture.append(dot);
    return dot;
  }));
}

function shape(kind, attributes) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Channels of the layer before that a channel reads, or, in the first layer, those that read it. */
export function partners({ layers, reads }, [layer, channel]) {
  const table = reads[Math.max(0, layer - 1)], inputs = layers[Math.max(0, layer - 1)], outputs = table.length / inputs;
  const at = (other) => layer ? channel * inputs + other : other * inputs + channel;
  return Array.from({ length: layer ? inputs : outputs }, (_, other) => other).filter((other) => table[at(other)]);
}

/** Light up what one channel reads, and say it. */
function tell(view, diagram, dot) {
  view.chosen = dot && { diagram, dot };
  for (const { layer, from, to, line } of diagram?.lines ?? []) {
    line.classList.toggle("lit", Boolean(dot) && (dot[0] ? layer === dot[0] && to === dot[1] : layer === 1 && from === dot[1]));
  }
  diagram?.dots.forEach((layer, at) => layer.forEach((circle, channel) => circle.classList.toggle("lit", Boolean(dot) && dot[0] === at && dot[1] === channel)));
  if (!dot) { view.status.textContent = "Point at a channel, or use the arrow keys, to see what it reads."; return; }
  const others = partners(diagram, dot), listed = `${others.length === 1 ? "channel" : "channels"} ${others.join(", ")}`;
  view.status.textContent = `${diagram.title}: ${dot[0] ? `output ${dot[1]} reads` : `input ${dot[1]} is read by`} ${listed}.`;
}

function step(view, diagram, event) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const last = diagram.layers.length - 1, clip = (value, most) => Math.min(most, Math.max(0, value));
  const start = view.chosen?.diagram === diagram ? view.chosen.dot : [last, -1], [down, right] = ARROWS[event.key];
  const layer = clip(start[0] + right, last);
  tell(view, diagram, [layer, clip(start[1] + down, diagram.layers[layer] - 1)]);
}
