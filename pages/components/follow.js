// A run as it goes: asks the server for what is new until there is nothing more to come.
import { unpack } from "./canvas.js";
import { ask } from "./live.js";
import { reloadOnce } from "./reload.js";

const AWAY = "No connection to the server; trying again.";
const OFTEN = 100, SOMETIMES = 500, SELDOM = 2000; // ms from an answer to the next question

/**
 * Follow the run at `url` (of pages.server.runs.follow) while `root`, the parentElement, is on the page.
 * `onMessage` gets {header, blocks} with the `status` in the header, `onError` one sentence and `away` as of ask:
 * a server that is away is asked again, and one that was started anew brings the page back by its link. Call it at
 * every render: the same address is followed on, another one at once from the first report of its run. Where a run
 * goes on from a checkpoint its whole history comes again, which the header calls `anew`.
 * `besides()` is what each question says besides.
 */
export function followRun(root, url, onMessage, onError, besides = () => ({})) {
  const run = root.__run ??= {}, other = run.url !== url;
  if (other) Object.assign(run, { url, since: 0, lives: undefined, over: false });
  Object.assign(run, { onMessage, onError, besides });
  if (other || (!run.timer && !run.busy)) askRun(root); // a run that is over may have been resumed
}

/** Tell the run that `root` follows what to do, or only ask at once; its answer is the next message. */
export function tellRun(root, action) {
  root.__run.over = false;
  askRun(root, action);
}

function askRun(root, action) {
  const run = root.__run, { url } = run;
  clearTimeout(run.timer);
  run.timer = null;
  const answered = (show) => (...content) => {
    if (run.url === url) show(...content);
    if (!run.over) askLater(root);
  };
  ask(run, url, { since: run.since, lives: run.lives, ...run.besides(), ...(action && { do: action }) }, answered((bytes) => {
    const message = unpack(bytes), { status, next, lives, over } = message.header;
    Object.assign(run, { since: next, lives, over, wait: status.state === "running" ? OFTEN : SOMETIMES });
    run.onMessage(message);
  }), answered((sentence, away) => {
    run.wait = SELDOM;
    run.onError(away ? AWAY : sentence, away);
    if (away === "back") reloadOnce();
  }));
}

function askLater(root) {
  const run = root.__run;
  clearTimeout(run.timer);
  run.timer = setTimeout(() => {
    run.timer = null;
    if (root.isConnected) askRun(root);
  }, document.hidden ? SELDOM : run.wait ?? 0);
}
