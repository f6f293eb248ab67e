// The way of an optimiser over a terrain: its checkpoints, each as high as its own loss, which is not that of the plane below it.

const TRAIL = "#ffffff", CASING = "#111c", DOTS = "#cc79a7"; // gradients are purple on every page
const MANY = 30; // checkpoints, which get smaller dots
const PARTS = 6; // of a line between two checkpoints, each of which may be hidden
export const HIDDEN = 0.3; // how much of a hidden part is seen

/** A line through places [left, top] with a dot at each; the last one is large. `shown(place)` tells what is hidden. */
export function drawTrail(context, places, shown = () => true) {
  for (const [colour, wide] of [[CASING, 4.4], [TRAIL, 2.4]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: wide, lineCap: "round", lineJoin: "round" });
    for (let at = 0; at + 1 < places.length; at++) drawLeg(context, places[at], places[at + 1], shown);
  }
  const small = places.length > MANY ? 1.7 : 2.6;
  places.forEach((place, at) => drawStop(context, place, at + 1 === places.length ? 5.5 : at ? small : 4, at > 0, shown(place)));
  context.globalAlpha = 1;
}

function drawLeg(context, from, to, shown) {
  const between = (share) => from.map((each, axis) => each + share * (to[axis] - each));
  for (let part = 0; part < PARTS; part++) {
    context.globalAlpha = shown(between((part + 0.5) / PARTS)) ? 1 : HIDDEN;
    context.beginPath();
    for (const share of [part, part + 1]) context.lineTo(...between(share / PARTS).slice(0, 2));
    context.stroke();
  }
}

/** A checkpoint; the first one is hollow. */
function drawStop(context, [left, top], radius, full, seen) {
  Object.assign(context, { globalAlpha: seen ? 1 : HIDDEN, fillStyle: full ? DOTS : "#fff", strokeStyle: "#111", lineWidth: radius < 2 ? 0.7 : 1.2 });
  context.beginPath();
  context.arc(left, top, radius, 0, 7);
  context.fill();
  context.stroke();
}

/** The line from a checkpoint to the surface above or below it. */
export function drawDrop(context, [left, top], [, foot]) {
  Object.assign(context, { strokeStyle: DOTS, lineWidth: 1, globalAlpha: 0.7 });
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left, foot);
  context.stroke();
  context.globalAlpha = 1;
}

/** The middle of the plane: the network itself. */
export function drawMiddle(context, [left, top], shown = true) {
  context.globalAlpha = shown ? 1 : HIDDEN;
  for (const [colour, wide] of [["#111", 4], ["#fff", 2]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: wide });
    context.beginPath();
    context.arc(left, top, 6, 0, 7);
    for (const [x, y] of [[-1, 0], [1, 0], [0, -1], [0, 1]]) {
      context.moveTo(left + 3 * x, top + 3 * y);
      context.lineTo(left + 10 * x, top + 10 * y);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}
