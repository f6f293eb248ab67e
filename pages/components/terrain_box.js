// The box around a surface: its floor, the walls behind it, and axes with names and numbers in front.

import { minus } from "./unit_maths.js";

const OUT = 1.1, FURTHER = 1.3; // where numbers and names of the floor stand, in halves of its side
const HALF_TEXT = 8; // px
const BELOW = 9; // px by which they stand lower, seen from the side

/** Floor and back walls, which the surface hides; `axes` are x, y and z: { ticks: [[share, text]], title }. */
export function drawBox({ ink, soft }, context, lens, axes) {
  const [fx, fy] = frontCorner(lens), [x, y, z] = axes;
  context.fillStyle = soft;
  fillFace(context, [lens(-1, -1, 0), lens(1, -1, 0), lens(1, 1, 0), lens(-1, 1, 0)]);
  Object.assign(context, { strokeStyle: ink, lineWidth: 1, globalAlpha: 0.16 });
  for (const [share] of x.ticks) strokeLine(context, [lens(2 * share - 1, fy, 0), lens(2 * share - 1, -fy, 0)]);
  for (const [share] of y.ticks) strokeLine(context, [lens(fx, 2 * share - 1, 0), lens(-fx, 2 * share - 1, 0)]);
  for (const [share] of z.ticks) strokeLine(context, [lens(fx, -fy, share), lens(-fx, -fy, share), lens(-fx, fy, share)]);
  context.globalAlpha = 0.4;
  strokeLine(context, [lens(-fx, fy, 0), lens(fx, fy, 0), lens(fx, -fy, 0)]);
  for (const [cx, cy] of [[fx, -fy], [-fx, -fy], [-fx, fy]]) strokeLine(context, [lens(cx, cy, 0), lens(cx, cy, 1)]);
  context.globalAlpha = 1;
}

/** Numbers and names at the edges that the eye is nearest to, and at the upright edge on the left. */
export function drawBoxNumbers({ ink, font }, context, lens, [x, y, z]) {
  const [fx, fy] = frontCorner(lens);
  Object.assign(context, { fillStyle: ink, font: `12px ${font}`, textAlign: "center", textBaseline: "middle" });
  for (const [share, text] of x.ticks) write(context, text, lens(2 * share - 1, OUT * fy, 0), BELOW);
  for (const [share, text] of y.ticks) write(context, text, lens(OUT * fx, 2 * share - 1, 0), BELOW);
  write(context, x.title, lens(0, FURTHER * fy, 0), 2 * BELOW, 0, true);
  write(context, y.title, lens(FURTHER * fx, 0, 0), 2 * BELOW, 0, true);
  const upright = [[fx, -fy], [-fx, fy]].sort((one, other) => lens(...one, 0)[0] - lens(...other, 0)[0])[0];
  context.textAlign = "right";
  for (const [share, text] of z.ticks) write(context, text, lens(...upright, share), 0, -7);
  const [left, top] = lens(...upright, 1);
  context.textAlign = "left";
  write(context, z.title, [left - 40, top], -16, 0, true);
}

/** The corner of the floor that is nearest to the eye. */
function frontCorner(lens) {
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
  return corners.reduce((best, corner) => (lens(...corner, 0)[2] < lens(...best, 0)[2] ? corner : best));
}

/** A text that is wholly in the picture; what would be cut by its edge is left out, and names are moved in. */
function write(context, text, [left, top], down, right = 0, stays = false) {
  const { canvas: { clientWidth, clientHeight }, textAlign } = context, wide = context.measureText(text).width;
  const before = { center: wide / 2, right: wide, left: 0 }[textAlign], [x, y] = [left + right, top + down];
  const within = (at, low, high) => Math.min(high, Math.max(low, at));
  const [nearX, nearY] = [within(x, before + 2, clientWidth - wide + before - 2), within(y, HALF_TEXT, clientHeight - HALF_TEXT)];
  if (stays || Math.hypot(nearX - x, nearY - y) < HALF_TEXT) context.fillText(minus(text), nearX, nearY);
}

function fillFace(context, places) {
  context.beginPath();
  for (const [left, top] of places) context.lineTo(left, top);
  context.fill();
}

function strokeLine(context, places) {
  context.beginPath();
  for (const [left, top] of places) context.lineTo(left, top);
  context.stroke();
}
