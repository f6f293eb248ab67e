// What the components share: messages, numbers, canvases, colours.

export const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }; // rows, columns
const HALF = halfTable();

/** Value of each of the 65,536 half-precision numbers (IEEE 754 binary16). */
export function halfTable() {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) table[bits] = fraction ? NaN : sign * Infinity;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** Read what pages/components/__init__.py packed: { header, blocks }. */
export function unpack(bytes) {
  const buffer = bytes.slice().buffer; // aligned copy
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = 4 + length;
  const blocks = header.blocks.map(([offset, count, type]) => {
    if (type === "u1") return new Uint8Array(buffer, start + offset, count);
    if (type === "i4") return new Int32Array(buffer, start + offset, count);
    if (type === "f4") return new Float32Array(buffer, start + offset, count);
    if (type === "f8") return new Float64Array(buffer.slice(start + offset, start + offset + 8 * count));
    const halves = new Uint16Array(buffer, start + offset, count), values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = HALF[halves[i]];
    return values;
  });
  return { header, blocks };
}

/** Three significant digits, with a real minus sign. */
export function digits(value) {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 999.5 || size < 0.001
    ? size.toExponential(2).replace("e+", "e")
    : size.toPrecision(3);
  return (value < 0 ? "\u2212" : "") + text;
}

/** A canvas of its own with pixels written by `fill(Uint32Array, width)`. */
export function surface(width, height, fill) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  fill(new Uint32Array(image.data.buffer), width);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Give a canvas its size in CSS px at the screen's resolution, and return its cleared context. */
export function fit(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** 256 packed pixels from 256 x 3 bytes. */
export function tints(lut) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) table[i] = (0xff000000 | (lut[3 * i + 2] << 16) | (lut[3 * i + 1] << 8) | lut[3 * i]) >>> 0;
  return table;
}

/** Whether the page behind an element is dark. */
export function isDark(element) {
  const colour = getComputedStyle(element.host || element).getPropertyValue("--st-background-color").trim();
  const hex = /^#(..)(..)(..)/.exec(colour);
  return hex ? parseInt(hex[1], 16) + parseInt(hex[2], 16) + parseInt(hex[3], 16) < 384 : false;
}
