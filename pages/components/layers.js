// The layers of a network from input to output; one is chosen.

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) {
    const list = document.createElement("ol"), root = document.createElement("div");
    root.className = "list";
    root.appendChild(list);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "layers");
    parentElement.appendChild(root);
    view = parentElement.__view = { list, text: null, chosen: null };
    list.onclick = (event) => { const item = event.target.closest("li"); if (item) choose(view, item); };
    list.onkeydown = (event) => step(view, event);
  }
  view.pick = (name) => setTriggerValue("pick", name);
  const text = JSON.stringify(data.layers);
  if (text !== view.text) {
    view.text = text;
    view.list.replaceChildren(...data.layers.map(item));
    view.chosen = null;
  }
  if (data.chosen !== view.chosen) mark(view, data.chosen);
}

function item(layer) {
  const row = document.createElement("li");
  row.dataset.name = layer.name;
  row.setAttribute("role", "option");
  row.title = layer.does;
  row.append(part("mark " + layer.group, ""), part("name", layer.name), part("size", layer.shape.join(" × ")),
    part("kind", [layer.kind, layer.settings].filter(Boolean).join(", ")),
    weights(layer.parameters));
  return row;
}

function weights(count) {
  const span = part("weights", count ? count.toLocaleString("en-US") : "");
  span.title = count ? `${span.textContent} parameters` : "no parameters";
  return span;
}

function part(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}

function mark(view, name) {
  for (const row of view.list.children) {
    const on = row.dataset.name === name;
    row.setAttribute("aria-selected", on);
    row.tabIndex = on ? 0 : -1;
    if (on) {
      const { list } = view, top = row.offsetTop - list.offsetTop;
      if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 3;
    }
  }
  view.chosen = name;
}

function choose(view, row) {
  if (row.dataset.name === view.chosen) return;
  mark(view, row.dataset.name);
  row.focus({ preventScroll: true });
  view.pick(row.dataset.name);
}

function step(view, event) {
  const rows = [...view.list.children], at = rows.findIndex((row) => row.dataset.name === view.chosen);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (rows[to]) choose(view, rows[to]);
}
