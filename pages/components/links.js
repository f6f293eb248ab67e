// States of the page worth seeing, as links: a click loads one in place, a new tab works as well.
// And the link of the page as it stands now, copied.

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) {
    view = parentElement.__view = { root: document.createElement("nav"), text: null };
    view.root.setAttribute("aria-label", "try this");
    parentElement.appendChild(view.root);
    view.root.onclick = (event) => follow(view, event);
  }
  view.pick = (name) => setTriggerValue("pick", name);
  const text = JSON.stringify(data);
  if (text === view.text) return;
  view.text = text;
  const stage = document.createElement("span");
  stage.className = "stage";
  stage.textContent = data.stage;
  view.root.replaceChildren(stage, ...data.presets.map((preset) => anchor(preset, data.chosen)), copier(data.own));
}

function anchor({ name, title, query }, chosen) {
  const link = document.createElement("a");
  link.href = `?${query}`;
  link.textContent = title;
  link.dataset.name = name;
  if (name === chosen) link.setAttribute("aria-current", "true");
  return link;
}

function follow(view, event) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  view.pick(link.dataset.name);
}

function copier(own) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy link";
  button.onclick = async () => {
    const done = await copy(window.location.href);
    const text = own ? "Copied, without your picture" : "Link copied";
    button.textContent = done ? text : "Copy it from the address bar";
    setTimeout(() => { button.textContent = "Copy link"; }, 2500);
  };
  return button;
}

/** Copy text; a page without TLS has no clipboard, so a hidden field has to serve there. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.appendChild(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
