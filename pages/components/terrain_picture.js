// All pictures of a view as one file, with the words that stand beside them.

const SHEET_EDGE = 16, SHEET_LINE = 20; // px around the pictures, and of a line of text

/** Save surfaces and maps with titles, scale and what the cursor reads, as they are drawn now. */
export function savePictures(view) {
  sheetOf(view).toBlob((file) => {
    const link = document.createElement("a");
    Object.assign(link, { href: URL.createObjectURL(file), download: "landscape.png" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
  });
}

/** A canvas with the whole view. */
function sheetOf({ root, ink, font }) {
  const box = root.getBoundingClientRect(), sharp = window.devicePixelRatio, canvas = document.createElement("canvas");
  const width = box.width + 2 * SHEET_EDGE, canvases = [...root.querySelectorAll(".views canvas, .range canvas")].filter((each) => each.clientWidth && each.width);
  const texts = [...root.querySelectorAll(".pane h3, .note, .range span, .status")].filter((each) => each.textContent);
  Object.assign(canvas, { width: sharp * width, height: sharp * (box.height + 2 * SHEET_EDGE) });
  const context = canvas.getContext("2d");
  context.scale(sharp, sharp);
  context.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  context.fillRect(0, 0, width, box.height + 2 * SHEET_EDGE);
  const place = (each) => each.getBoundingClientRect();
  for (const each of canvases) {
    const { left, top, width: wide, height: tall } = place(each);
    context.drawImage(each, left - box.left + SHEET_EDGE, top - box.top + SHEET_EDGE, wide, tall);
  }
  Object.assign(context, { fillStyle: ink, textBaseline: "top" });
  for (const each of texts) {
    const { left, top, width: wide } = place(each), { fontWeight, fontSize } = getComputedStyle(each);
    context.font = `${fontWeight} ${fontSize} ${font}`;
    writeWrapped(context, each.textContent, left - box.left + SHEET_EDGE, top - box.top + SHEET_EDGE, Math.max(wide, 40));
  }
  return canvas;
}

/** A text in lines that are no wider than so many px. */
function writeWrapped(context, text, left, top, width) {
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && context.measureText(longer).width > width + 1) {
      context.fillText(line, left, top);
      top += SHEET_LINE;
      line = word;
    } else line = longer;
  }
  context.fillText(line, left, top);
}
