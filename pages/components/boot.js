// Notices that the server has been started again: the page shows a visit that is gone, so it comes back by its link.
import { reloadOnce } from "./reload.js";

const BETWEEN = 3000; // ms from one look to the next
const SHOWN = 12_000; // ms
const NEWS = "boot.news";
const GONE = "The server was started again. Reload this page to go on.";
const BACK = "The server was started again, and this page with it, by its link. Bring your own pictures once more.";

let first; // the server that this page came from
let told = 0; // ms since 1970, until when it stands there that the page has come back, however often it is drawn anew

/** `data`: the identity of the server, and the `url` that tells it. */
export default function render({ data, parentElement }) {
  first ??= data.boot;
  if (parentElement.__view) return;
  const note = parentElement.__view = document.createElement("p");
  note.setAttribute("role", "status");
  parentElement.appendChild(note);
  if (remembered()) told = Date.now() + SHOWN;
  if (Date.now() < told) say(note, BACK, told - Date.now());
  const timer = setInterval(() => (note.isConnected ? look(note, data.url) : clearInterval(timer)), BETWEEN);
}

async function look(note, url) {
  let boot;
  try {
    ({ boot } = await (await fetch(url, { cache: "no-store" })).json());
  } catch {
    return; // the server or the network is away, which Streamlit says
  }
  if (boot === first || note.textContent === GONE) return;
  say(note, GONE);
  remember();
  reloadOnce();
}

function say(note, sentence, time) {
  note.textContent = sentence;
  if (time) setTimeout(() => { if (note.textContent === sentence) note.textContent = ""; }, time);
}

function remember() {
  try {
    sessionStorage.setItem(NEWS, "1");
  } catch { /* no storage here: the page comes back without a word */ }
}

function remembered() {
  try {
    const news = sessionStorage.getItem(NEWS);
    sessionStorage.removeItem(NEWS);
    return news !== null;
  } catch {
    return false;
  }
}
