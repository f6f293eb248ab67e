// The picture that is moved: dragged, turned or changed along by the pointer, or by the arrow keys.

import { ARROWS, fit, surface } from "./canvas.js";

const LARGEST = 320; // px of its longer side on the screen
const PIXELS = 64; // px of the picture up to which pixels are shown as pixels

/** The pixel of a row or column that stands at each of its `size` places after a shift; -1 for none. */
export function wrapped(size, shift, border) {
  const period = Math.max(1, 2 * size - 2), wrap = (at, by) => ((at % by) + by) % by;
  return Int32Array.from({ length: size }, (_, place) => {
    const at = place - shift;
    if (border === "circular") return wrap(at, size);
    if (border === "zeros") return at < 0 || at >= size ? -1 : at;
    const back = wrap(at, period);
    return back < size ? back : period - back;
  });
}

export function wirePicture(view) {
  const canvas = view.find(".picture");
  canvas.onpointerdown = (event) => seize(view, canvas, event);
  canvas.onpointermove = (event) => pull(view, canvas, event);
  canvas.onpointerup = canvas.onpointercancel = (event) => letGo(view, event);
  canvas.onkeydown = (event) => nudge(view, event);
  canvas.onkeyup = canvas.onblur = () => { if (view.header) view.tell(); };
}

/** Draw the picture where it stands; of a shift the browser knows by itself what that looks like. */
export function drawMoved(view) {
  const { header: { w, h, drag, border }, answer, picture, place } = view, canvas = view.find(".picture");
  const room = Math.min(LARGEST, view.find(".stage").clientWidth), unit = room / Math.max(w, h);
  const shifts = drag === "shift", pixels = shifts ? picture : answer.picture;
  const [rows, cols] = shifts ? [wrapped(h, place[0], border), wrapped(w, place[1], border)] : [wrapped(h, 0), wrapped(w, 0)];
  view.pixel = unit >= 1 && w <= PIXELS ? Math.floor(unit) : unit; // screen px of one px
  const context = fit(canvas, w * view.pixel, h * view.pixel);
  context.imageSmoothingEnabled = w > PIXELS;
  context.drawImage(surface(w, h, (target) => gather(target, pixels, w, rows, cols)), 0, 0, w * view.pixel, h * view.pixel);
  if (shifts) seam(context, view, place);
}

function gather(target, pixels, w, rows, cols) {
  let to = 0;
  for (const row of rows) for (const col of cols) {
    const at = 3 * (row * w + col);
    target[to++] = row < 0 || col < 0 ? 0xff000000 : (0xff000000 | (pixels[at + 2] << 16) | (pixels[at + 1] << 8) | pixels[at]) >>> 0;
  }
}

/** Dashed lines where the border of the picture has gone to: behind them is what came in. */
function seam(context, { header: { w, h }, pixel }, [down, right]) {
  const lines = [];
  if (down) lines.push([0, (down > 0 ? down : h + down) * pixel, w * pixel, null]);
  if (right) lines.push([(right > 0 ? right : w + right) * pixel, 0, null, h * pixel]);
  for (const [colour, offset] of [["#000", 0], ["#fff", 5]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: 1.5, lineDashOffset: offset });
    context.setLineDash([5, 5]);
    for (const [x, y, toX, toY] of lines) {
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(toX ?? x, toY ?? y);
      context.stroke();
    }
  }
}

function seize(view, canvas, event) {
  if (event.button || view.drag || !view.header) return;
  canvas.setPointerCapture(event.pointerId);
  view.drag = { id: event.pointerId, x: event.clientX, y: event.clientY, from: view.place, turned: 0, angle: bearing(canvas, event) };
}

function pull(view, canvas, event) {
  const { drag, header, pixel } = view;
  if (event.pointerId !== drag?.id) return;
  const across = event.clientX - drag.x, down = event.clientY - drag.y, [first, second] = drag.from;
  if (header.drag === "shift") view.move([first + down / pixel, second + across / pixel]);
  else if (header.drag === "turn") view.move([0, second + turn(drag, bearing(canvas, event))]);
  else view.move([0, second + (across / canvas.clientWidth) * (header.reach[1] - header.reach[0])]);
}

/** Degrees anticlockwise of a pointer around the middle of the picture. */
function bearing(canvas, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return (Math.atan2(top + height / 2 - clientY, clientX - left - width / 2) * 180) / Math.PI;
}

/** How far the pointer has gone round since it was set down, over more than half a turn too. */
function turn(drag, angle) {
  const by = angle - drag.angle;
  drag.turned += by - 360 * Math.round(by / 360);
  drag.angle = angle;
  return drag.turned;
}

function letGo(view, event) {
  if (event.pointerId !== view.drag?.id) return;
  view.drag = null;
  view.tell();
}

function nudge(view, event) {
  const { header, place } = view;
  if (event.key === "Home") view.move([0, header.neutral]);
  else if (event.key in ARROWS) {
    const [down, right] = ARROWS[event.key], along = header.drag === "shift" ? [down, right] : [0, right - down];
    view.move([place[0] + along[0] * header.step, place[1] + along[1] * header.step]);
  } else return;
  event.preventDefault();
}
