// What the parts of the eyepiece share: marks over a canvas, lines that say what is there, hatching, arrow keys.

import { ARROWS, surface } from "./canvas.js";

/** Put a mark over a canvas. */
export function lay({ style }, left, top, width, height) {
  style.transform = `translate(${left}px, ${top}px)`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}

/** One line on what is under the cursor; its place is kept when there is nothing. */
export function report(view, kind, text, hint) {
  const line = view.find(`.status.${kind}`);
  line.textContent = text ?? hint;
  line.classList.toggle("idle", text === null);
}

/** Say what an element is or shows to people who don't see it. */
export function describe(element, words) {
  for (const [key, text] of Object.entries(words)) element.setAttribute(`aria-${key}`, text);
}

/** Diagonal lines: what lies there is padding. */
export function hatch(context) {
  const tile = surface(6, 6, (pixels) => { for (let i = 0; i < 6; i++) pixels[7 * i] = pixels[6 * i + (i + 1) % 6] = 0x70888888; });
  return context.createPattern(tile, "repeat");
}

/** The colour of a packed pixel, for a canvas. */
export function css(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

/** Whether black is easier to read on the colour of a packed pixel than white. */
export function bright(pixel) {
  return 0.299 * (pixel & 255) + 0.587 * ((pixel >> 8) & 255) + 0.114 * ((pixel >> 16) & 255) > 140;
}

/** Move a place in h × w cells with the arrow keys. */
export function step(event, place, { h, w }, move) {
  if (!(event.key in ARROWS)) return;
  event.preventDefault();
  const [down, right] = ARROWS[event.key], { row, col } = place || { row: h >> 1, col: w >> 1 };
  move({ row: Math.min(h - 1, Math.max(0, row + down)), col: Math.min(w - 1, Math.max(0, col + right)) });
}

export function element(kind, name, ...content) {
  const made = document.createElement(kind);
  made.className = name;
  made.append(...content);
  return made;
}
