// Small pictures in rows: the name of a row, its pictures, and a bar of what it counts. Nothing can be picked.

import { unpack } from "./canvas.js";

const GAP = 2; // px between pictures, in their own pixels

export default function render({ data, parentElement }) {
  let view = parentElement.__view;
  if (!view) {
    view = parentElement.__view = { root: document.createElement("div"), rows: document.createElement("div"), legend: document.createElement("p") };
    view.root.className = "strips";
    view.rows.className = "rows";
    view.root.append(view.legend, view.rows);
    parentElement.appendChild(view.root);
  }
  const { header, blocks } = unpack(data);
  const most = Math.max(1, ...header.rows.map((row) => total(row.counts)));
  view.rows.setAttribute("role", "table");
  view.rows.setAttribute("aria-label", header.alt);
  view.rows.classList.toggle("counted", header.parts.length > 0);
  showParts(view.legend, header.parts);
  let start = 0;
  const rows = header.rows.map((row) => {
    const cells = [nameOf(row), stripOf(row, header, blocks[0], start), ...(header.parts.length ? [barOf(row, header.parts, most)] : [])];
    start += row.pictures * header.size ** 2 * 3;
    return rowOf(cells);
  });
  view.rows.replaceChildren(...rows);
}

function total(counts) {
  return counts.reduce((sum, count) => sum + count, 0);
}

function boxOf(className, role = "") {
  const element = document.createElement("div");
  element.className = className;
  if (role) element.setAttribute("role", role);
  return element;
}

function rowOf(cells) {
  const row = boxOf("row", "row");
  row.append(...cells);
  return row;
}

function nameOf(row) {
  const name = boxOf("name", "rowheader");
  name.textContent = row.name;
  name.title = row.name;
  return name;
}

function stripOf(row, { size, side }, pixels, start) {
  const cell = boxOf("strip", "cell"), canvas = document.createElement("canvas");
  const wide = row.pictures * (size + GAP) - GAP;
  cell.append(canvas);
  canvas.width = Math.max(1, wide);
  canvas.height = size;
  canvas.style.setProperty("--wide", `${Math.round(wide * side / size)}px`);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${row.pictures} of them`);
  if (row.pictures) paintStrip(canvas.getContext("2d"), row.pictures, size, pixels, start);
  return cell;
}

function paintStrip(context, count, size, pixels, start) {
  const image = context.createImageData(size, size);
  for (let place = 0; place < count; place++) {
    const from = start + place * size * size * 3;
    for (let pixel = 0; pixel < size * size; pixel++) {
      image.data.set([pixels[from + 3 * pixel], pixels[from + 3 * pixel + 1], pixels[from + 3 * pixel + 2], 255], 4 * pixel);
    }
    context.putImageData(image, place * (size + GAP), 0);
  }
}

function barOf(row, parts, most) {
  const cell = boxOf("count", "cell"), bar = boxOf("bar"), number = boxOf("number");
  row.counts.forEach((count, place) => {
    const part = boxOf(`part part${place}`);
    part.style.width = `${100 * count / most}%`;
    bar.append(part);
  });
  number.textContent = total(row.counts).toLocaleString("en");
  cell.title = parts.map((part, place) => `${row.counts[place].toLocaleString("en")} ${part}`).join(", ");
  cell.append(bar, number);
  return cell;
}

function showParts(legend, parts) {
  legend.hidden = !parts.length;
  legend.replaceChildren(...parts.flatMap((part, place) => {
    const mark = document.createElement("span"), name = document.createElement("span");
    mark.className = `mark part${place}`;
    name.textContent = part;
    return [mark, name];
  }));
}
