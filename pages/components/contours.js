// Values over a plane: their picture, and lines of equal value by marching squares (Lorensen & Cline 1987, in the plane).

/**
 * Draw a picture with a pixel for each value of a grid into a box [left, top, wide, tall], and then what `above()`
 * draws, all within the box: the outer values lie on its edge, in the middle of their pixels.
 */
export function drawValues(context, picture, [left, top, wide, tall], above) {
  const across = wide / (picture.width - 1) / 2, down = tall / (picture.height - 1) / 2;
  context.save();
  context.beginPath();
  context.rect(left, top, wide, tall);
  context.clip();
  context.drawImage(picture, left - across, top - down, wide + 2 * across, tall + 2 * down);
  above();
  context.restore();
}

/** Draw segments of isolines; `place(row, column)` is where on the canvas. */
export function strokeIsolines(context, segments, place) {
  context.beginPath();
  for (const [row, column, toRow, toColumn] of segments) {
    context.moveTo(...place(row, column));
    context.lineTo(...place(toRow, toColumn));
  }
  context.stroke();
}

/**
 * Where values cross a level, as segments [row, column, row, column] with fractions. Cells with a corner that is
 * no finite number are left out.
 */
export function isolines(values, rows, columns, level) {
  const segments = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column, below = at + columns;
      const heights = [values[at] - level, values[at + 1] - level, values[below + 1] - level, values[below] - level];
      const deep = (heights[0] < 0) + (heights[1] < 0) + (heights[2] < 0) + (heights[3] < 0);
      if (deep && deep < 4 && heights.every(Number.isFinite)) segments.push(...crossed(heights, row, column));
    }
  }
  return segments;
}

/** The segments in one cell, from edge to edge; its corners are in order around it. */
function crossed(heights, row, column) {
  const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]], cuts = [];
  heights.forEach((height, edge) => {
    const next = (edge + 1) % 4, share = height / (height - heights[next]);
    if (height < 0 !== heights[next] < 0) cuts.push(corners[edge].map((from, axis) => from + share * (corners[next][axis] - from)));
  });
  return cuts.length < 4 ? [[...cuts[0], ...cuts[1]]] : [[...cuts[0], ...cuts[1]], [...cuts[2], ...cuts[3]]];
}

/** The value at a place between the middles of four cells, by bilinear interpolation. */
export function valueBetween(values, rows, columns, row, column) {
  const top = Math.min(rows - 2, Math.max(0, Math.floor(row))), left = Math.min(columns - 2, Math.max(0, Math.floor(column)));
  const down = row - top, right = column - left, at = top * columns + left;
  const along = (start) => values[start] + right * (values[start + 1] - values[start]);
  return along(at) + down * (along(at + columns) - along(at));
}
