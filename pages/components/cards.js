// Pictures with a name each; a click picks one. Serves the sidebar (one card) and the galleries.

export default function render({ data, parentElement, setTriggerValue }) {
  let view = parentElement.__view;
  if (!view) {
    view = parentElement.__view = { root: document.createElement("div"), text: null };
    parentElement.appendChild(view.root);
    view.root.onclick = (event) => {
      const card = event.target.closest("button");
      if (card) view.pick(card.dataset.name);
    };
  }
  view.pick = (name) => setTriggerValue("pick", name);
  const text = JSON.stringify(data);
  if (text === view.text) return;
  view.text = text;
  view.root.className = data.look;
  view.root.replaceChildren(...data.groups.flatMap((group) => [...heading(group.title), grid(group.cards)]));
}

function heading(title) {
  if (!title) return [];
  const element = document.createElement("h3");
  element.textContent = title;
  return [element];
}

function grid(cards) {
  const element = document.createElement("div");
  element.className = "grid";
  element.append(...cards.map(card));
  return element;
}

function card({ name, title, note, picture, alt, facts, chosen }) {
  const button = document.createElement("button"), image = document.createElement("img");
  button.type = "button";
  button.dataset.name = name;
  button.title = note ? `${title}. ${note}` : title;
  if (chosen) button.setAttribute("aria-current", "true");
  image.src = picture; // a data: address made by the server
  image.alt = alt;
  const words = document.createElement("span"), strong = document.createElement("strong"), small = document.createElement("small");
  words.className = "words";
  strong.textContent = title;
  small.textContent = note || "";
  words.append(strong, small, ...facts.map(fact));
  button.append(image, words);
  return button;
}

function fact(text) {
  const element = document.createElement("span");
  element.className = "fact";
  element.textContent = text;
  return element;
}
