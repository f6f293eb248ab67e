// How many tiles stand in a row, and how large each is.

/**
 * Columns and tile size in CSS px for C maps of H x W in width x height: the largest tiles, at a whole
 * multiple of the map's size if they are larger than it, and then the fewest empty places.
 */
export function layout(count, rows, cols, width, height, gap = 4) {
  let best = null;
  const most = Math.max(1, Math.min(count, Math.floor((width + gap) / 6)));
  for (let columns = 1; columns <= most; columns++) {
    const lines = Math.ceil(count / columns), empty = columns * lines - count;
    const room = Math.min((width + gap) / columns - gap, ((height + gap) / lines - gap) * cols / rows, 180);
    const tile = room >= cols ? Math.floor(room / cols) * cols : Math.max(3, Math.floor(room));
    if (!best || tile > best.tile || (tile === best.tile && empty <= best.empty)) best = { columns, lines, tile, empty };
  }
  const { columns, lines, tile } = best;
  return { columns, lines, tile, tall: Math.max(2, Math.round(tile * rows / cols)), gap };
}
