// A network built layer by layer: its list, and the kinds that can be added.

import { unpack } from "./canvas.js";
import { action, drawEditor, drawWhy, element, named, option, usualOf, valueOf } from "./layer_editor.js";
import { ask } from "./live.js";
import { rootIn } from "./views.js";

const MARKUP = `
  <div class="start"><label>Start from <select class="recipe"></select></label><span class="given"></span><button type="button" class="undo" title="Take back the last change (Ctrl+Z)" disabled>Undo</button></div>
  <div class="work">
    <div class="stack">
      <div class="head" aria-hidden="true"><span>Layer</span><span></span><span>gives</span><span>parameters</span><span title="Side of the receptive field, far from any border">sees</span></div>
      <div class="list" role="listbox" aria-label="layers"></div>
    </div>
    <div class="side"><div class="editor" role="group" aria-label="the selected layer"></div><div class="palette" role="group" aria-label="add a layer"></div></div>
  </div>
  <div class="end"><p class="whole" aria-live="polite"></p><button type="button" class="use">Use this network</button></div>`;
const GROUPS = { linear: "Linear", activation: "Activation", pooling: "Pooling", norm: "Norm", shape: "Shape" };
const MOST_UNDONE = 20; // changes
const COUNT = new Intl.NumberFormat("en-US");

export default function render({ data, parentElement, setTriggerValue }) {
  const view = parentElement.__view ??= create(parentElement);
  view.pick = (token) => setTriggerValue("pick", token);
  if (!data || data === view.data) return;
  view.data = data;
  const { header } = unpack(data);
  view.url = header.ask;
  if (header.name === view.name) return; // the visitor may have gone on
  begin(view, header);
}

/** Build the elements once and wire their events. */
function create(parent) {
  const root = rootIn(parent, MARKUP);
  const view = { root, layers: [], rows: [], at: 0, asking: {}, past: [], kept: "[]" };
  view.edited = () => changed(view, true);
  for (const part of ["recipe", "given", "list", "editor", "palette", "whole", "use", "undo"]) view[part] = root.querySelector(`.${part}`);
  view.recipe.onchange = () => { if (view.recipe.value) question(view, { recipe: view.recipe.value }); };
  view.list.onclick = (event) => pressed(view, event);
  view.list.onkeydown = (event) => keyed(view, event);
  view.undo.onclick = () => undo(view);
  document.addEventListener("keydown", function hear(event) {
    if (root.isConnected) undoes(view, event);
    else document.removeEventListener("keydown", hear); // the dialog is closed
  });
  view.use.onclick = () => view.pick(view.token);
  return view;
}

/** Take over another network, and the menus. */
function begin(view, header) {
  view.name = header.name;
  view.most = header.most;
  view.kinds = new Map(header.kinds.map((kind) => [kind.kind, kind]));
  view.given.textContent = header.given;
  view.recipe.replaceChildren(option("", "…"), ...Object.entries(header.recipes).map(([name, title]) => option(name, title)));
  fillPalette(view);
  Object.assign(view, { at: 0, past: [], kept: JSON.stringify(header.layers) });
  take(view, header, true);
}

/** Take over an answer; with `anew`, its layers too. */
function take(view, header, anew) {
  if (anew) {
    view.layers = header.layers;
    view.at = Math.min(view.at, Math.max(0, view.layers.length - 1));
    remember(view);
  }
  Object.assign(view, { rows: header.rows, why: header.why, parameters: header.parameters, token: header.token });
  drawList(view);
  drawEnd(view);
  if (view.editor.querySelector("input:focus")) drawWhy(view); // while somebody writes
  else drawEditor(view);
  view.root.dataset.painted = `${Number(view.root.dataset.painted ?? 0) + 1}`; // for whoever waits for it, such as a test
}

function question(view, body) {
  const refused = (sentence) => {
    Object.assign(view, { why: sentence, token: "" });
    drawEnd(view);
  };
  ask(view.asking, view.url, body, (bytes) => {
    if (!view.asking.more) take(view, unpack(bytes).header, "recipe" in body);
  }, refused);
}

/** Something was changed: draw it, and ask what becomes of it. `shown`: it was changed in the editor. */
function changed(view, shown = false) {
  remember(view);
  view.recipe.value = "";
  view.token = "";
  view.use.disabled = true;
  if (!shown) {
    view.rows = [];
    drawList(view);
    drawEditor(view);
  }
  question(view, { layers: view.layers });
}

/** Keep the layers as they were before a change, to go back to. */
function remember(view) {
  const now = JSON.stringify(view.layers);
  if (now !== view.kept) view.past = [...view.past, view.kept].slice(-MOST_UNDONE);
  view.kept = now;
  view.undo.disabled = !view.past.length;
}

/** Ctrl+Z takes back the last change wherever the focus is, but where somebody writes. */
function undoes(view, event) {
  const { key, ctrlKey, metaKey, shiftKey } = event, writes = event.composedPath()[0].matches?.("input, textarea");
  if (key !== "z" || !(ctrlKey || metaKey) || shiftKey || writes) return;
  event.preventDefault();
  undo(view);
}

function undo(view) {
  if (!view.past.length) return;
  view.kept = view.past.pop();
  view.layers = JSON.parse(view.kept);
  view.at = Math.max(0, Math.min(view.at, view.layers.length - 1));
  changed(view);
}

// ------------------------------------------------------------------ the list

function drawList(view) {
  const focused = view.list.contains(view.root.getRootNode().activeElement);
  view.list.replaceChildren(...view.layers.map((entry, index) => row(view, entry, index)));
  if (focused) view.list.children[view.at]?.focus();
}

function row(view, entry, index) {
  const known = view.rows[index] ?? {}, kind = view.kinds.get(entry.kind), item = element("div", "layer");
  item.role = "option";
  item.tabIndex = index === view.at ? 0 : -1;
  item.ariaSelected = index === view.at;
  item.title = kind.does;
  item.classList.toggle("wrong", Boolean(known.why));
  const name = element("span", "name", known.name ?? ""), dot = element("i", kind.group), what = [kind.title, settingsOf(view, entry), origin(entry)];
  const words = element("span", "kind", what.filter(Boolean).join(", "));
  name.prepend(dot);
  item.append(name, words, element("span", "shape", known.shape ?? ""), number("parameters", known.shape && known.parameters, "parameters"));
  item.append(element("span", "field", known.shape ? (known.field === null ? "all" : `${known.field} px`) : ""), buttons(index, view.layers.length));
  if (known.why) item.append(element("span", "why", known.why));
  return item;
}

function number(name, count, what) {
  const found = element("span", name, count ? COUNT.format(count) : "");
  if (count) found.title = `${COUNT.format(count)} ${what}`;
  return found;
}

/** Move up, move down, remove: for the mouse; the keyboard has keys for them. */
function buttons(index, count) {
  const box = element("span", "moves");
  for (const [act, sign, title, off] of [["up", "↑", "Move up", !index], ["down", "↓", "Move down", index === count - 1], ["remove", "×", "Remove", false]]) {
    const button = element("button", "", sign);
    Object.assign(button, { type: "button", title, ariaLabel: `${title} layer ${index + 1}`, disabled: off, tabIndex: -1 });
    button.dataset.act = act;
    box.append(button);
  }
  return box;
}

/** The settings of a layer in a few words: what it gives and its window always, others where they are unusual. */
function settingsOf(view, entry) {
  return view.kinds.get(entry.kind).settings.map((setting) => {
    const value = valueOf(view, entry, setting);
    if (setting.name === "out") return `${value} out`;
    if (setting.name === "kernel") return `${value} × ${value}`;
    if (setting.sort === "bool") return value ? "" : `no ${setting.name}`;
    return value === usualOf(view, entry, setting) ? "" : `${setting.name} ${value}`;
  }).filter(Boolean).join(", ");
}

function origin(entry) {
  return entry.from ? `from ${[entry.from].flat().join(" and ")}` : "";
}

function pressed(view, event) {
  const item = event.target.closest(".layer"), act = event.target.closest("button")?.dataset.act;
  if (!item) return;
  select(view, [...view.list.children].indexOf(item));
  if (act) ACTS[act](view);
}

function keyed(view, event) {
  const last = view.layers.length - 1, { key, altKey } = event;
  if (key === "Delete" || key === "Backspace") ACTS.remove(view);
  else if (altKey && key === "ArrowUp") ACTS.up(view);
  else if (altKey && key === "ArrowDown") ACTS.down(view);
  else {
    const to = { ArrowUp: view.at - 1, ArrowDown: view.at + 1, Home: 0, End: last }[key];
    if (to === undefined) return;
    select(view, Math.max(0, Math.min(last, to)));
  }
  event.preventDefault();
}

function select(view, index) {
  view.at = index;
  for (const [at, item] of [...view.list.children].entries()) {
    item.ariaSelected = at === index;
    item.tabIndex = at === index ? 0 : -1;
  }
  view.list.children[index]?.focus();
  drawEditor(view);
}

const ACTS = {
  up: (view) => move(view, -1),
  down: (view) => move(view, 1),
  remove: (view) => {
    view.layers.splice(view.at, 1);
    view.at = Math.max(0, Math.min(view.at, view.layers.length - 1));
    changed(view);
  },
};

function move(view, by) {
  const to = view.at + by;
  if (to < 0 || to >= view.layers.length) return;
  view.layers.splice(to, 0, ...view.layers.splice(view.at, 1));
  view.at = to;
  changed(view);
}

// ------------------------------------------------------------------ what can be added

function fillPalette(view) {
  const rows = Object.entries(GROUPS).map(([group, title]) => {
    const line = element("div", "group"), kinds = [...view.kinds.values()].filter((kind) => kind.group === group);
    line.append(element("span", "", title), ...kinds.map((kind) => {
      const button = action(kind.title, () => add(view, kind));
      button.title = kind.does;
      button.prepend(element("i", group));
      return button;
    }));
    return line;
  });
  view.palette.replaceChildren(element("h4", "", "Add behind it"), ...rows);
}

/** Put a new layer behind the selected one. One that needs two takes that one and the one before. */
function add(view, kind) {
  if (view.layers.length >= view.most) return;
  const entry = { kind: kind.kind, ...kind.first };
  if (kind.inputs > 1) entry.from = [view.at, view.at - 1].map((index) => named(view, index));
  view.at = view.layers.length ? view.at + 1 : 0;
  view.layers.splice(view.at, 0, entry);
  changed(view);
}

function drawEnd(view) {
  const count = view.layers.length, wrong = view.rows.some((known) => known.why);
  const said = `${COUNT.format(view.parameters)} parameters in ${count} layer${count === 1 ? "" : "s"}`;
  view.whole.textContent = view.why || (wrong ? "Something does not fit yet: see the layer in red." : `${said}.`);
  view.whole.classList.toggle("wrong", Boolean(view.why) || wrong);
  view.use.disabled = !view.token;
  for (const button of view.palette.querySelectorAll("button")) button.disabled = count >= view.most;
}
