// Pictures in a row that wraps, each with a few words; those that no longer are there keep their place.

import { surface } from "./canvas.js";
import { element } from "./unit_marks.js";
import { writeText } from "./watch_rows.js";

/** `chosen(place)` is called when a picture is clicked; without it they are no buttons. */
export function picturesIn(box, chosen = null) {
  return { box, chosen, entries: [] };
}

/** Other pictures (N, C, H, W), as bytes, with `words` and a longer `title` for each. */
export function showPictures(set, { values, shape: [count, ...shape] }, words, titles) {
  while (set.entries.length < count) addPicture(set);
  set.entries.forEach(({ figure, canvas, note }, at) => {
    figure.classList.toggle("absent", at >= count);
    if (at >= count) return;
    paintPicture(canvas, values, at, shape);
    writeText(note, words[at]);
    figure.title = titles[at];
  });
}

function addPicture(set) {
  const at = set.entries.length, canvas = element("canvas", ""), note = element("span", "note"), figure = element(set.chosen ? "button" : "div", "shot", canvas, note);
  if (set.chosen) Object.assign(figure, { type: "button", onclick: () => set.chosen(at) });
  set.entries.push({ figure, canvas, note });
  set.box.append(figure);
}

/** Picture `at` of (N, C, H, W) bytes, grey or RGB, pixel by pixel. */
export function paintPicture(canvas, bytes, at, [channels, height, width]) {
  const size = height * width, start = at * channels * size;
  const byte = (channel, i) => bytes[start + Math.min(channel, channels - 1) * size + i];
  const picture = surface(width, height, (pixels) => {
    for (let i = 0; i < size; i++) pixels[i] = (0xff000000 | (byte(2, i) << 16) | (byte(1, i) << 8) | byte(0, i)) >>> 0;
  });
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").drawImage(picture, 0, 0);
}
