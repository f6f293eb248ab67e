// A surface over a grid, as pixels: each of them knows how far away it is and which place of the grid it shows.
// Places in the box are x and y from -1 to 1 on its floor and z from 0 to 1 above it.

const EYE = 7; // from the middle of the box to the eye, in halves of its side
const RISE = 1.05; // height of the box, in halves of its side
const WIDE_BOX = 3.2, TALL_BOX = 2.95; // halves of a side that the picture has room for
const MIDDLE = 0.46; // of the picture, from its top, where the middle of the box is
const LAMP = [-0.5, -0.35, 0.8]; // towards the light: right, away and up, as the eye sees it
const DIM = 0.68, BRIGHT = 1.12; // light on a slope that faces away, and on one that faces the lamp; 1 is that on a level place
const BANDS = 2048; // heights that lines of equal value are told apart by
const NEAR_ENOUGH = 0.02; // by which a mark may lie under the surface and still be seen

/** How the box looks from where the camera is: (x, y, z) -> [px from the left, px from the top, depth]. */
export function lensOf({ turn, tilt, zoom }, width, height) {
  const [ct, st, cu, su] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  const size = zoom * Math.min(width / WIDE_BOX, height / TALL_BOX);
  return (x, y, z) => {
    const right = x * ct + y * st, away = y * ct - x * st, up = (z - 0.42) * RISE;
    const depth = away * cu - up * su, scale = size * EYE / (EYE + depth);
    return [width / 2 + right * scale, MIDDLE * height - (up * cu + away * su) * scale, depth];
  };
}

/** From a place on the grid to the floor. */
export function floorPlace([rows, columns], row, column) {
  return [2 * column / (columns - 1) - 1, 2 * row / (rows - 1) - 1];
}

/** Where the surface lies in every pixel of a picture: { width, height, near, row, column }, near infinite where it is not. */
export function rasterise(lens, heights, shape, width, height, sharp) {
  const [rows, columns] = shape, target = emptyRaster(Math.round(width * sharp), Math.round(height * sharp), sharp);
  const x = new Float32Array(heights.length), y = new Float32Array(heights.length), depth = new Float32Array(heights.length);
  for (let i = 0; i < heights.length; i++) {
    const place = lens(...floorPlace(shape, Math.floor(i / columns), i % columns), heights[i]);
    x[i] = place[0] * sharp;
    y[i] = place[1] * sharp;
    depth[i] = place[2];
  }
  const mesh = { columns, x, y, depth };
  for (let row = 0; row + 1 < rows; row++) {
    for (let at = row * columns; at < row * columns + columns - 1; at++) {
      triangle(mesh, target, at, at + 1, at + columns);
      triangle(mesh, target, at + columns + 1, at + columns, at + 1);
    }
  }
  return target;
}

function emptyRaster(width, height, sharp) {
  const size = width * height;
  return { width, height, sharp, near: new Float32Array(size).fill(Infinity), row: new Float32Array(size), column: new Float32Array(size) };
}

/** Write the pixels of one triangle that nothing nearer covers; one with a corner that is no number has none. */
function triangle({ columns, x, y, depth }, { width, height, near, row, column }, i, j, k) {
  const xi = x[i], yi = y[i], xj = x[j] - xi, yj = y[j] - yi, xk = x[k] - xi, yk = y[k] - yi, area = xj * yk - xk * yj;
  if (!(Math.abs(area) > 1e-6)) return;
  const left = Math.max(0, Math.ceil(xi + Math.min(0, xj, xk) - 0.5)), right = Math.min(width - 1, Math.floor(xi + Math.max(0, xj, xk) - 0.5));
  const top = Math.max(0, Math.ceil(yi + Math.min(0, yj, yk) - 0.5)), bottom = Math.min(height - 1, Math.floor(yi + Math.max(0, yj, yk) - 0.5));
  const [ri, ci] = [Math.floor(i / columns), i % columns], [rj, cj, rk, ck] = [Math.floor(j / columns) - ri, j % columns - ci, Math.floor(k / columns) - ri, k % columns - ci];
  for (let py = top; py <= bottom; py++) {
    const dy = py + 0.5 - yi;
    for (let px = left; px <= right; px++) {
      const dx = px + 0.5 - xi, wj = (dx * yk - xk * dy) / area, wk = (xj * dy - dx * yj) / area;
      if (wj < -1e-5 || wk < -1e-5 || wj + wk > 1.00001) continue;
      const at = py * width + px, far = depth[i] + wj * (depth[j] - depth[i]) + wk * (depth[k] - depth[i]);
      if (far >= near[at]) continue;
      near[at] = far;
      row[at] = ri + wj * rj + wk * rk;
      column[at] = ci + wj * cj + wk * ck;
    }
  }
}

/** How much light falls on each place of the grid, from DIM to BRIGHT; the lamp stands beside the eye. */
export function lightOn(heights, shape, { turn }) {
  const [rows, columns] = shape, [ct, st] = [Math.cos(turn), Math.sin(turn)], [right, away, up] = LAMP, size = Math.hypot(...LAMP);
  const lamp = [right * ct - away * st, right * st + away * ct, up].map((each) => each / size), lights = new Float32Array(heights.length);
  const slope = (from, to, steps, count) => (heights[to] - heights[from]) * RISE / (steps * 2 / (count - 1)) || 0;
  for (let i = 0; i < heights.length; i++) {
    const column = i % columns, row = Math.floor(i / columns);
    const west = column ? i - 1 : i, east = column + 1 < columns ? i + 1 : i, south = row ? i - columns : i, north = row + 1 < rows ? i + columns : i;
    const sx = slope(west, east, east - west, columns), sy = slope(south, north, (north - south) / columns, rows);
    const facing = (lamp[2] - sx * lamp[0] - sy * lamp[1]) / Math.sqrt(1 + sx * sx + sy * sy);
    lights[i] = Math.min(BRIGHT, DIM + (1 - DIM) * Math.max(0, facing / lamp[2]));
  }
  return lights;
}

/** Colour a surface by height, with light and lines of equal value: pixels for a canvas of its size. */
export function paintRaster({ width, height, sharp, near, row, column }, pixels, { heights, shape, lights, levels, table }) {
  const columns = shape[1], cells = heights.length, bands = bandsOf(levels), rank = new Uint8Array(width * height), thick = Math.round(sharp);
  for (let at = 0; at < near.length; at++) {
    if (near[at] === Infinity) continue;
    const r = Math.min(row[at] | 0, cells / columns - 2), c = Math.min(column[at] | 0, columns - 2), i = r * columns + c, dr = row[at] - r, dc = column[at] - c;
    const between = (values) => {
      const above = values[i] + dc * (values[i + 1] - values[i]), below = values[i + columns] + dc * (values[i + columns + 1] - values[i + columns]);
      return above + dr * (below - above);
    };
    const share = between(heights);
    rank[at] = 1 + bands[(share * (BANDS - 1)) | 0];
    const lines = crosses(rank, at, thick) || crosses(rank, at, thick * width);
    pixels[at] = toned(table[(share * 255) | 0], between(lights), lines ? 0.62 : 0);
  }
}

/** Whether a line of equal value lies between a pixel and one before it. */
function crosses(rank, at, back) {
  const before = at < back ? 0 : rank[at - back];
  return before > 0 && before !== rank[at];
}

/** For each height the number of the lines below it. */
function bandsOf(levels) {
  return Uint8Array.from({ length: BANDS }, (_, at) => levels.filter((level) => level <= at / (BANDS - 1)).length);
}

/** A packed pixel in some light, with so much white over it. */
function toned(pixel, light, white) {
  const mixed = (shift) => Math.min(255, ((pixel >> shift) & 255) * light) * (1 - white) + 255 * white;
  return (0xff000000 | (mixed(16) << 16) | (mixed(8) << 8) | mixed(0)) >>> 0;
}

/** Row and column of the grid in the pixel under a pointer, with fractions; null beside the surface. */
export function pointedCell({ width, height, sharp, near, row, column }, { offsetX, offsetY }) {
  const px = Math.floor(offsetX * sharp), py = Math.floor(offsetY * sharp), at = py * width + px;
  return px < 0 || py < 0 || px >= width || py >= height || near[at] === Infinity ? null : [row[at], column[at]];
}

/** Whether nothing of the surface hides a place, as the lens gives it. */
export function inSight({ width, height, sharp, near }, [left, top, depth]) {
  const px = Math.floor(left * sharp), py = Math.floor(top * sharp);
  return px < 0 || py < 0 || px >= width || py >= height || near[py * width + px] >= depth - NEAR_ENOUGH;
}
