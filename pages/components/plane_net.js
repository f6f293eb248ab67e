// The network of plane.js: a tile with a map for every feature and unit, and lines between them for the weights.

import { ARROWS, digits, surface } from "./canvas.js";
import { describe, element } from "./unit_marks.js";

const SVG = "http://www.w3.org/2000/svg";
const NAMES = 48; // px for the names of the features
const HEAD = 30; // px above the tiles, for the buttons of each layer
const SMALLEST = 20, LARGEST = 40, BETWEEN = 9; // px: side of a tile, and the gap below it
const THINNEST = 0.6, THICKEST = 7, PER_WEIGHT = 1.6; // px of a line
const SIGNS = { light: ["#2a71b2", "#bb2a34"], dark: ["#519fd3", "#bc6d61"] }; // below and above 0

/**
 * Make the elements of a network of these sizes. A tile is { button, canvas, column, row }: column 0 are the
 * features, the last one is the output.
 */
export function buildNet(view) {
  const { sizes, features, most } = view.header, last = sizes.length - 1, counts = [features.length, ...sizes.slice(1)];
  view.tiles = counts.map((count, column) => Array.from({ length: count }, (_, row) => buildTile(view, column, row)));
  view.names = features.map(([, title]) => element("span", "name", title));
  view.heads = sizes.slice(1, -1).map((units, layer) => {
    const less = netButton("−", `One unit less in hidden layer ${layer + 1}`, units > 1, () => resizeLayer(view, layer, -1));
    const more = netButton("+", `One unit more in hidden layer ${layer + 1}`, units < most[1], () => resizeLayer(view, layer, 1));
    return element("div", "head", less, more);
  });
  view.weightsFrom = weightPlaces(view);
  view.lines = view.weightsFrom.map((link) => buildLine(view, link));
  view.svg.replaceChildren(...view.lines.map(({ seen }) => seen), ...view.lines.map(({ hit }) => hit));
  view.graph.replaceChildren(view.svg, ...view.names, ...view.heads, ...view.tiles.flat().map(({ button }) => button));
  view.focus = [last, 0];
}

export function netButton(text, label, enabled, onclick) {
  const button = element("button", "small", text);
  Object.assign(button, { type: "button", title: label, ariaLabel: label, disabled: !enabled, onclick });
  return button;
}

function resizeLayer({ header, send }, layer, by) {
  const layers = header.sizes.slice(1, -1);
  layers[layer] += by;
  send({ layers });
}

function buildTile(view, column, row) {
  const canvas = element("canvas", ""), button = element("button", "tile", canvas), tile = { button, canvas, column, row };
  button.type = "button";
  canvas.width = canvas.height = view.header.thumb;
  button.onpointerenter = button.onfocus = () => { view.focus = [column, row]; view.point({ tile }); };
  button.onpointerleave = button.onblur = () => view.point(null);
  button.onclick = () => view.press(tile);
  button.onkeydown = (event) => moveFocus(view, event, tile);
  return tile;
}

/** Arrow keys go from tile to tile. */
function moveFocus(view, event, { column, row }) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], to = view.tiles[Math.min(view.tiles.length - 1, Math.max(0, column + right))];
  to[Math.min(to.length - 1, Math.max(0, row + down))].button.focus();
}

/** Where every weight begins and ends, and its place among all of them; biases are left out. */
function weightPlaces({ header: { sizes, features, used } }) {
  const rows = used.map((name) => features.findIndex(([each]) => each === name)), found = [];
  let offset = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const fanIn = sizes[layer - 1];
    for (let to = 0; to < sizes[layer]; to++)
      for (let from = 0; from < fanIn; from++)
        found.push({ layer, to, from: layer === 1 ? rows[from] : from, at: offset + to * (fanIn + 1) + from });
    offset += sizes[layer] * (fanIn + 1);
  }
  return found;
}

function buildLine(view, link) {
  const seen = document.createElementNS(SVG, "path"), hit = document.createElementNS(SVG, "path");
  seen.setAttribute("class", "link");
  hit.setAttribute("class", "hit");
  hit.onpointerenter = () => view.point({ link });
  hit.onpointerleave = () => view.point(null);
  return { seen, hit, link };
}

/** Give everything its place; call it when the elements are new or their box has another width. */
export function layNet(view) {
  const { tiles, graph, svg, header: { most } } = view, width = graph.clientWidth, columns = tiles.length;
  const side = Math.min(LARGEST, Math.max(SMALLEST, Math.floor(0.6 * (width - NAMES) / columns)));
  const height = HEAD + most[1] * (side + BETWEEN), pitch = (width - NAMES - side - 2) / (columns - 1);
  const left = (column) => NAMES + column * pitch, top = (count, row) => HEAD + (height - HEAD - count * (side + BETWEEN)) / 2 + row * (side + BETWEEN);
  graph.style.height = `${height}px`;
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  graph.style.setProperty("--side", `${side}px`);
  tiles.forEach((all, column) => all.forEach(({ button }, row) => putAt(button, left(column), top(all.length, row))));
  view.names.forEach((name, row) => putAt(name, 0, top(view.names.length, row)));
  view.heads.forEach((head, layer) => putAt(head, left(layer + 1) + side / 2, 0));
  for (const { seen, hit, link: { layer, to, from } } of view.lines) {
    const [x0, x1] = [left(layer - 1) + side, left(layer)], middle = (x0 + x1) / 2;
    const [y0, y1] = [top(tiles[layer - 1].length, from) + side / 2, top(tiles[layer].length, to) + side / 2];
    for (const path of [seen, hit]) path.setAttribute("d", `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`);
  }
}

function putAt({ style }, left, top) {
  style.transform = `translate(${left}px, ${top}px)`;
}

/** Show what the network has learnt by now. */
export function paintNet(view) {
  const { header: { used, features, sizes, thumb }, unit, weights, small, asleep, tints: table } = view, size = thumb ** 2;
  view.tiles[0].forEach((tile, row) => {
    const on = used.includes(features[row][0]);
    paintTile(tile, view.featureMaps.subarray(row * size, (row + 1) * size), table, thumb);
    tile.button.classList.add("feature");
    tile.button.classList.toggle("off", !on);
    view.names[row].classList.toggle("off", !on);
    describe(tile.button, { pressed: on, label: `Feature ${features[row][1]}` });
  });
  let index = 0;
  view.tiles.slice(1).forEach((all, layer) => all.forEach((tile, row) => {
    const last = layer === sizes.length - 2, chosen = last ? unit === null : String(unit) === String([layer, row]);
    if (small) paintTile(tile, small.subarray(index * size, (index + 1) * size), table, thumb);
    tile.button.classList.toggle("asleep", !last && asleep?.[index] === 1);
    describe(tile.button, { pressed: chosen, label: tileName(view, tile) });
    index += 1;
  }));
  for (const { button, column, row } of view.tiles.flat()) button.tabIndex = String(view.focus) === String([column, row]) ? 0 : -1;
  const colours = SIGNS[view.dark ? "dark" : "light"];
  for (const { seen, link: { at } } of view.lines) paintLine(seen, weights?.[at] ?? 0, colours);
}

function paintLine({ style }, weight, [below, above]) {
  const size = Math.abs(weight);
  style.stroke = weight < 0 ? below : above;
  style.strokeWidth = Math.min(THICKEST, THINNEST + PER_WEIGHT * size);
  style.strokeOpacity = Math.min(0.9, 0.25 + 0.5 * size);
  style.strokeDasharray = weight < 0 ? "7 4" : "";
}

function paintTile({ canvas }, bytes, table, side) {
  const source = surface(side, side, (pixels) => bytes.forEach((byte, at) => { pixels[at] = table[byte]; }));
  canvas.getContext("2d").drawImage(source, 0, 0);
}

/** What a tile stands for. */
export function tileName({ tiles, header: { features } }, { column, row }) {
  if (!column) return `feature ${features[row][1]}`;
  return column === tiles.length - 1 ? "the output" : `hidden layer ${column}, unit ${row + 1}`;
}

/** What is said of what is pointed at: a weight, or a tile. */
export function pointedAt(view, { tile, link }) {
  const { header: { used, features, sizes }, weights, asleep } = view;
  if (link) {
    const [from, to] = [view.tiles[link.layer - 1][link.from], view.tiles[link.layer][link.to]];
    return `Weight from ${tileName(view, from)} to ${tileName(view, to)}: ${weights ? digits(weights[link.at]) : ""}`;
  }
  const name = tileName(view, tile), said = name[0].toUpperCase() + name.slice(1);
  if (!tile.column) return used.includes(features[tile.row][0]) ? `${said}. Click to take it away.` : `${said} is not used. Click to add it.`;
  const index = tileIndex(sizes, tile), bias = weights ? `bias ${digits(weights[biasPlace(sizes, tile)])}` : "";
  return `${said}: ${bias}${asleep?.[index] ? "; it hardly has a slope at any training point" : ""}`;
}

/** The place of a unit among all of them, the output last. */
export function tileIndex(sizes, { column, row }) {
  return sizes.slice(1, column).reduce((sum, each) => sum + each, 0) + row;
}

function biasPlace(sizes, { column, row }) {
  let offset = 0;
  for (let layer = 1; layer < column; layer++) offset += sizes[layer] * (sizes[layer - 1] + 1);
  return offset + row * (sizes[column - 1] + 1) + sizes[column - 1];
}
