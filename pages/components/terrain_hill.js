// A terrain as a surface to be turned: the box with the surface in it, the path on it, and a cursor that lies on it.

import { plotTicks } from "./axes.js";
import { fit, surface } from "./canvas.js";
import { valueBetween } from "./contours.js";
import { drawBox, drawBoxNumbers } from "./terrain_box.js";
import { floorPlace, inSight, lensOf, lightOn, paintRaster, rasterise } from "./terrain_mesh.js";
import { levelText, spacedTicks } from "./terrain_scale.js";
import { HIDDEN, drawDrop, drawMiddle, drawTrail } from "./terrain_trail.js";

const EMPTY = Array.from({ length: 3 }, () => ({ ticks: [] })); // axes of a box without a surface
const FINE = 2; // pixels of the surface to a px of the page while it rests

/** Draw the surface of a pane, `width` by `height` px; with fewer pixels while it `moves`. */
export function drawHill(view, pane, width, height, moves) {
  const { camera, scale, table } = view, { heights, shape } = pane, context = fit(pane.hill.base, width, height);
  const lens = pane.lens = lensOf(camera, width, height);
  if (!heights.length) return drawBox(view, context, lens, EMPTY);
  const axes = axesOf(view, pane);
  pane.raster = rasterise(lens, heights, shape, width, height, moves ? 1 : FINE);
  const { width: wide, height: tall } = pane.raster, levels = scale.levels.map(scale.share), lights = lightOn(heights, shape, camera);
  const picture = surface(wide, tall, (pixels) => paintRaster(pane.raster, pixels, { heights, shape, lights, levels, table }));
  drawBox(view, context, lens, axes);
  context.drawImage(picture, 0, 0, width, height);
  drawBoxNumbers(view, context, lens, axes);
  drawWay(view, pane, context);
  if (camera.zoom > 1) drawPictureEnd(view, context, width, height);
}

/** Where one is so near that not all of the box is seen, a line says that the picture ends here. */
function drawPictureEnd({ ink }, context, width, height) {
  Object.assign(context, { strokeStyle: ink, lineWidth: 1, globalAlpha: 0.3 });
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  context.globalAlpha = 1;
}

function axesOf({ scale }, { a, b, header: { titles } }) {
  const floor = (values, title) => {
    const low = values[0], high = values[values.length - 1];
    return { title: title.split(":")[0], ticks: plotTicks(low, high, 5).map((at) => [(at - low) / (high - low), levelText(at)]) };
  };
  return [floor(a, titles[0]), floor(b, titles[1]), { title: titles[2], ticks: spacedTicks(scale, 0.14) }];
}

/** The checkpoints at the heights of their own losses, each with a line to the surface. */
function drawWay(view, pane, context) {
  const { lens, raster, path, pathLoss } = pane, shown = (place) => inSight(raster, place);
  const places = path.map((at, number) => {
    const own = view.scale.share(pathLoss[number]), ground = groundAt(pane, at), place = lens(...floorAt(pane, at), Number.isNaN(own) ? 1 : own);
    if (!Number.isNaN(ground)) drawDrop(context, place, lens(...floorAt(pane, at), ground));
    return place;
  });
  drawTrail(context, places, shown);
  const middle = groundAt(pane, [0, 0]);
  if (path.length || Number.isNaN(middle)) return;
  const place = lens(...floorAt(pane, [0, 0]), middle);
  drawMiddle(context, place, shown(place));
}

/** From coordinates to the floor of the box. */
function floorAt({ a, b }, [x, y]) {
  const share = (values, at) => 2 * (at - values[0]) / (values[values.length - 1] - values[0]) - 1;
  return [share(a, x), share(b, y)];
}

/** The height of the surface at coordinates; nan beside it. */
function groundAt(pane, at) {
  const [x, y] = floorAt(pane, at), [rows, columns] = pane.shape;
  if (Math.max(Math.abs(x), Math.abs(y)) > 1) return NaN;
  return valueBetween(pane.heights, rows, columns, (y + 1) / 2 * (rows - 1), (x + 1) / 2 * (columns - 1));
}

/** The cursor on a surface: its row and its column as lines that lie on it. */
export function markHill(pane, { row, column }, width, height) {
  const { shape, heights, lens, raster } = pane, [rows, columns] = shape, context = fit(pane.hill.over, width, height);
  const place = (r, c) => lens(...floorPlace(shape, r, c), heights[r * columns + c]);
  const lines = [Array.from({ length: columns }, (_, c) => place(row, c)), Array.from({ length: rows }, (_, r) => place(r, column))];
  for (const [colour, wide] of [["#0008", 3], ["#fff", 1.3]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: wide });
    for (const line of lines) for (let at = 0; at + 1 < line.length; at++) drawPiece(context, line[at], line[at + 1], inSight(raster, line[at]) && inSight(raster, line[at + 1]));
  }
  const [left, top] = place(row, column), shown = inSight(raster, place(row, column));
  Object.assign(context, { fillStyle: "#e69f00", strokeStyle: "#111", lineWidth: 1.5, globalAlpha: shown ? 1 : HIDDEN });
  context.beginPath();
  context.arc(left, top, 5, 0, 7);
  context.fill();
  context.stroke();
}

function drawPiece(context, from, to, seen) {
  if (!seen) return;
  context.beginPath();
  context.moveTo(from[0], from[1]);
  context.lineTo(to[0], to[1]);
  context.stroke();
}
