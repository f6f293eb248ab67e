// What patch.js draws: the picture, the map, and over both of them boxes, peaks and the window pointed at.
// Places are { row, col } of a window's first pixel; boxes are [top, left, height, width]; all in px of the picture.

import { fit, surface } from "./canvas.js";
import { boxOf, GREEN, MARGIN, openStage, ORANGE, outline, tint } from "./grids.js";

const TALL = 440, THUMB = 100; // px: pictures at most, and the patch enlarged
const DISC = 9, NAME = 15; // px: radius of a numbered peak, height of a label
const DASHED = [5, 4];

/** Give all canvases their size: whole px of the screen for one of the picture, where there is room. */
export function measurePatch({ header: { h, w }, picture, map }) {
  const room = picture.figure.clientWidth - 2 * MARGIN, fits = Math.min(room / w, TALL / h), side = fits >= 2 ? Math.floor(fits) : fits;
  for (const stage of [picture.base, picture.over, map.base, map.over]) Object.assign(stage, { h, w, side, top: 0, left: 0 });
}

/** The picture, which is grey because that is what is compared. */
export function drawPicture({ header: { h, w }, photo, picture: { base } }) {
  openStage(base);
  base.context.imageSmoothingEnabled = w > 64;
  base.context.drawImage(photo, ...boxOf(base, 0, 0, h, w));
}

/** The values as colours, each at the middle of its window; around them there is no whole window. */
export function drawMap(view) {
  const { header, values, table, ink, find } = view, { h, w, rows, cols, box: [, , height, width], limits: [low, high] } = header;
  const { base } = view.map, scale = { table, low, high };
  const colours = surface(cols, rows, (pixels) => values.forEach((value, i) => { pixels[i] = tint(scale, value); }));
  openStage(base);
  Object.assign(base.context, { fillStyle: ink, globalAlpha: 0.08 });
  base.context.fillRect(...boxOf(base, 0, 0, h, w));
  Object.assign(base.context, { globalAlpha: 1, imageSmoothingEnabled: false });
  base.context.drawImage(colours, ...boxOf(base, (height - 1) / 2, (width - 1) / 2, rows, cols));
  const strip = find(".bar canvas").getContext("2d"), image = strip.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(table);
  strip.putImageData(image, 0, 0);
}

/** The boxes on the picture: what is found, what plain correlation finds, the patch, and what is pointed at. */
export function markPicture(view, shown) {
  const { header: { rival, box: [, , height, width] }, box, cursor, found } = view, stage = view.picture.over;
  openStage(stage);
  const frame = ({ row, col }, colour) => outline(stage.context, boxOf(stage, row, col, height, width), colour);
  for (const peak of shown) frame(peak, GREEN);
  if (found && !view.stale) {
    stage.context.setLineDash(DASHED);
    frame({ row: rival[0], col: rival[1] }, "#fff");
    stage.context.setLineDash([]);
    label(view, stage, boxOf(stage, rival[0] + height, rival[1]), "plain");
  }
  outline(stage.context, boxOf(stage, ...box), ORANGE);
  shown.forEach((peak, i) => label(view, stage, above(stage, peak), String(i + 1)));
  if (cursor) frame(cursor, "#fff");
}

/** A word at a place in px, on the canvas. */
function label({ font }, { context, w, h, side }, [x, y], text) {
  context.font = `600 11px ${font}`;
  const wide = context.measureText(text).width + 6, left = Math.min(x, MARGIN + w * side - wide), top = Math.min(y, MARGIN + h * side - NAME);
  context.fillStyle = "#000c";
  context.fillRect(left, top, wide, NAME);
  Object.assign(context, { fillStyle: "#fff", textAlign: "left", textBaseline: "middle" });
  context.fillText(text, left + 3, top + NAME / 2 + 0.5);
}

/** Where the number of a window stands: above its corner. */
function above(stage, { row, col }) {
  const [x, y] = boxOf(stage, row, col);
  return [x, Math.max(0, y - NAME - 1)];
}

/** The peaks as numbers in discs, and a cross where the map is pointed at. */
export function markMap(view, shown) {
  const stage = view.map.over;
  openStage(stage);
  const { context } = stage;
  if (!view.stale) label(view, stage, middle(view, { row: view.header.rival[0], col: view.header.rival[1] }), "plain");
  Object.assign(context, { font: `600 11px ${view.font}`, textAlign: "center", textBaseline: "middle" });
  shown.forEach((peak, i) => {
    const [x, y] = middle(view, peak);
    context.beginPath();
    context.arc(x, y, DISC, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: "#000c", strokeStyle: "#fff", lineWidth: 1.5 });
    context.fill();
    context.stroke();
    context.fillStyle = "#fff";
    context.fillText(i + 1, x, y + 0.5);
  });
  if (!view.cursor) return;
  const [x, y] = middle(view, view.cursor), arms = new Path2D(`M${x - 13} ${y}h26M${x} ${y - 13}v26`);
  for (const [strokeStyle, lineWidth] of [["#000", 4], ["#fff", 1.5]]) {
    Object.assign(context, { strokeStyle, lineWidth });
    context.stroke(arms);
  }
}

/** The middle of a window in px on the canvas. */
function middle({ header: { box: [, , height, width] }, map }, { row, col }) {
  return boxOf(map.over, row + height / 2, col + width / 2);
}

/** The peak in the map whose disc is below a pointer. */
export function peakAt(view, { offsetX, offsetY }) {
  return view.peaks.find((peak) => {
    const [x, y] = middle(view, peak);
    return Math.hypot(x - offsetX, y - offsetY) <= DISC;
  });
}

/** A part of the picture, enlarged. */
export function thumb({ photo }, canvas, [top, left, height, width]) {
  const scale = THUMB / Math.max(height, width), context = fit(canvas, Math.max(4, width * scale), Math.max(4, height * scale));
  context.imageSmoothingEnabled = scale < 1;
  context.drawImage(photo, left, top, width, height, 0, 0, width * scale, height * scale);
}
