// One layer of a network that is being built: its settings, and what it takes.
//
// A view has `layers` (as JSON), `rows` (what Python knows of each), `at` (the selected one), `kinds` by name, the
// element `editor`, and `edited()`, which is called when something was changed here.

const CONTROLS = "input, select, button";
const FORK = "fork"; // names of layers that others ask for

export function drawEditor(view) {
  const entry = view.layers[view.at], held = [...view.editor.querySelectorAll(CONTROLS)].findIndex((control) => control.matches(":focus"));
  view.editor.replaceChildren();
  if (!entry) return;
  const kind = view.kinds.get(entry.kind), fields = element("div", "fields");
  fields.append(...kind.settings.map((setting) => field(view, entry, setting)), ...sources(view, entry, kind));
  view.editor.append(element("h4", "", `${view.at + 1}: ${kind.title}`), element("p", "does", kind.does), fields, element("p", "why"));
  view.editor.querySelectorAll(CONTROLS)[held]?.focus();
  drawWhy(view);
}

export function drawWhy(view) {
  const line = view.editor.querySelector(".why");
  if (line) line.textContent = view.rows[view.at]?.why ?? "";
}

/** One setting with its range; Python judges what is written, so nothing is cut. */
function field(view, entry, setting) {
  const label = element("label", "", setting.name), input = document.createElement("input"), value = valueOf(view, entry, setting);
  if (setting.sort === "bool") Object.assign(input, { type: "checkbox", checked: value });
  else Object.assign(input, { type: "number", min: setting.low, max: setting.high, step: setting.sort === "int" ? 1 : 0.05, value });
  input.oninput = () => {
    if (setting.sort !== "bool" && Number.isNaN(input.valueAsNumber)) return;
    entry[setting.name] = setting.sort === "bool" ? input.checked : input.valueAsNumber;
    view.edited();
  };
  label.append(input);
  return label;
}

/** What a layer takes: a list for each of its sources, and ways to take more. */
function sources(view, entry, kind) {
  if (!view.at) return [];
  const taken = entry.from ? [entry.from].flat() : [view.rows[view.at - 1]?.name];
  const menus = taken.map((name, place) => sourceMenu(view, entry, taken, place, name));
  if (kind.more) menus.push(action("one more", () => askFor(view, entry, [...taken, "input"])));
  if (kind.more && taken.length > kind.inputs) menus.push(action("one fewer", () => askFor(view, entry, taken.slice(0, -1))));
  return menus;
}

function sourceMenu(view, entry, taken, place, name) {
  const label = element("label", "", "takes"), menu = document.createElement("select");
  const names = ["input", ...view.rows.slice(0, view.at).map((known) => known.name).filter(Boolean)];
  if (name && !names.includes(name)) names.push(name);
  menu.append(...names.map((each) => option(each, each)));
  menu.value = name ?? "";
  menu.onchange = () => askFor(view, entry, taken.map((each, index) => index === place ? menu.value : each));
  label.append(menu);
  return label;
}

/** Let a layer take others by name; one that takes the layer before it needs no name. */
function askFor(view, entry, names) {
  const chosen = names.map((name) => ({ name, index: view.rows.findIndex((known) => known.name === name) }));
  if (chosen.length === 1 && chosen[0].index === view.at - 1) delete entry.from;
  else entry.from = chosen.map(({ name, index }) => index < 0 ? name : named(view, index));
  view.edited();
}

/** The name of a layer, given to it for good: names that are counted would change when it moves. */
export function named(view, index) {
  const entry = view.layers[index];
  if (!entry) return "input";
  return entry.name ??= freeName(view);
}

function freeName(view) {
  const taken = view.layers.map((entry) => entry.name);
  for (let count = 1; ; count++) if (!taken.includes(FORK + count)) return FORK + count;
}

/** What a setting of a layer is. */
export function valueOf(view, entry, setting) {
  return entry[setting.name] ?? usualOf(view, entry, setting);
}

/** What a setting is when nothing is said; it may be as large as another one. */
export function usualOf(view, entry, setting) {
  if (typeof setting.usual !== "string") return setting.usual;
  return valueOf(view, entry, view.kinds.get(entry.kind).settings.find(({ name }) => name === setting.usual));
}

export function action(text, act) {
  const button = element("button", "", text);
  button.type = "button";
  button.onclick = act;
  return button;
}

export function option(value, text) {
  const made = document.createElement("option");
  Object.assign(made, { value, textContent: text });
  return made;
}

export function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
