// How every component begins: its view is made once and kept, and takes over each message that is new.
import { isDark, unpack } from "./canvas.js";

/** The root element of a component, made of its constant MARKUP. */
export function rootIn(parent, MARKUP) {
  const root = document.createElement("div");
  root.className = "root";
  root.innerHTML = MARKUP;
  parent.appendChild(root);
  return root;
}

/**
 * The view of a component: what `create(parentElement)` made at its first render. It `send`s picks to Python (an
 * exported page has nobody to tell), knows whether the theme is `dark`, and has taken over the newest message by
 * `accept(view, { header, blocks })`.
 */
export function viewOf({ data, parentElement, setTriggerValue }, create, accept) {
  const view = parentElement.__view ??= create(parentElement);
  view.send = (pick) => setTriggerValue?.("pick", pick);
  view.dark = isDark(parentElement);
  if (data && data !== view.data) {
    view.data = data;
    accept(view, unpack(data));
  }
  return view;
}
