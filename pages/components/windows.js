// Where a sliding window lies: what each output cell reads and what uses each input cell. Rows and columns are
// independent of each other, so each axis has its own lists; vizcore/toolkit/windows.py says the same in Python.

/**
 * One axis. `reads[out]` lists what an output cell reads: [source, tap, place], that is the input cell (-1 is a
 * zero of the padding), the place in the kernel, and where the cell stands in the padded input.
 * `uses[cell]` lists which outputs read an input cell, and through which place of the kernel: [out, tap].
 *
 * @param sources input cell at each place of the padded input; a transposed axis has no padding and needs none
 * @param before cells of padding in front; of a transposed axis: output cells that are cut off in front
 */
export function axis({ size, out, kernel, stride, dilation, before, transposed, sources }) {
  const reads = Array.from({ length: out }, () => []), uses = Array.from({ length: size }, () => []);
  const add = (to, source, tap, place) => {
    if (to < 0 || to >= out) return;
    reads[to].push([source, tap, place]);
    if (source >= 0) uses[source].push([to, tap]);
  };
  for (let from = 0; from < (transposed ? size : out); from++) {
    for (let tap = 0; tap < kernel; tap++) {
      const place = from * stride + tap * dilation;
      if (transposed) add(place - before, from, tap, from);
      else add(from, sources[place], tap, place);
    }
  }
  return { reads, uses };
}

/** What an output cell reads: input cell (y, x), -1 in the padding; place in the kernel (i, j) and in the padded input. */
export function readBy({ rows, cols }, row, col) {
  return rows.reads[row].flatMap(([y, i, top]) => cols.reads[col].map(([x, j, left]) => ({ y, x, i, j, top, left })));
}

/** Which outputs (row, col) read an input cell, and through which place (i, j) of the kernel. */
export function usedBy({ rows, cols }, y, x) {
  return rows.uses[y].flatMap(([row, i]) => cols.uses[x].map(([col, j]) => ({ row, col, i, j })));
}

/** The output whose window lies closest around a place of the padded input; places count from the edge of a cell. */
export function closest({ reads }, place) {
  let best = 0, least = Infinity;
  reads.forEach((read, out) => {
    if (!read.length) return;
    const away = Math.abs((read[0][2] + read.at(-1)[2] + 1) / 2 - place);
    if (away < least) [best, least] = [out, away];
  });
  return best;
}

/** The input as the window meets it: with its padding; `around(row, col)` is what stands at a place of it. */
export function padded(image, width, rows, cols, around = () => 0) {
  const values = new Float32Array(rows.length * cols.length);
  let to = 0;
  rows.forEach((y, row) => cols.forEach((x, col) => { values[to++] = y < 0 || x < 0 ? around(row, col) : image[y * width + x]; }));
  return values;
}
