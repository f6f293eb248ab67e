// Answers while something is dragged: one question on its way at a time, and the newest one wins.

const ENDED = "The picture changes only when you let go: the server gives no answers in between.";

/**
 * Send `body` as JSON to `url`; `onAnswer` gets the bytes, `onError` one sentence, and where the server is
 * away `away`: "gone", or "back" where it does not know the address, as after a new start.
 * While a question is on its way, only the newest of those that follow is kept, in `state.next`; it sets off
 * before the answer is drawn, and `state.more` tells whoever draws that it has.
 */
export function ask(state, url, body, onAnswer, onError) {
  state.next = { url, body, onAnswer, onError };
  if (!state.busy) pump(state);
}

async function pump(state) {
  state.busy = true;
  for (let asked = setOff(state); asked;) {
    const { bytes, error, away } = await asked.answer, following = setOff(state);
    state.more = following !== null;
    if (bytes) asked.onAnswer(bytes);
    else asked.onError(error, away);
    asked = following ?? setOff(state);
  }
  state.busy = false;
}

/** The next question with the answer to come, or null. */
function setOff(state) {
  const { next } = state;
  state.next = null;
  return next && { ...next, answer: outcome(next.url, next.body) };
}

async function outcome(url, body) {
  let away = "gone";
  try {
    const reply = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (reply.ok) return { bytes: new Uint8Array(await reply.arrayBuffer()) };
    if (reply.status === 422 || reply.status === 500) return { error: (await reply.json()).error };
    if (reply.status === 404) away = "back";
  } catch { /* the server has gone, or the network has */ }
  return { error: ENDED, away };
}
