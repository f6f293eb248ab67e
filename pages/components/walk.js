// A selection that walks: buttons for one step back and forward, play and pause, and the speed.

const FASTEST = 6; // doublings of one step a second

export const WALK = `
  <div class="walk" role="group" aria-label="walk of the window">
    <button type="button" class="back" title="One step back" aria-label="one step back">
      <svg viewBox="0 0 16 16"><path d="M12 3v10L5 8zM4 3v10h-1.5V3z"/></svg></button>
    <button type="button" class="play" title="Play" aria-label="play">
      <svg viewBox="0 0 16 16"><path class="start" d="M4 2.5v11l9-5.5z"/><path class="stop" d="M4 3h3v10H4zm5 0h3v10H9z"/></svg></button>
    <button type="button" class="forward" title="One step forward" aria-label="one step forward">
      <svg viewBox="0 0 16 16"><path d="M4 3v10l7-5zM12 3v10h1.5V3z"/></svg></button>
    <label class="speed">speed<input type="range" min="0" max="${FASTEST}" step="1" value="2" aria-label="speed"><span></span></label>
    <span class="hint"></span>
  </div>`;

/**
 * Wire the buttons. `move(by)` goes that many steps and says whether there was a next one; `start()` and `end()`
 * frame each walk, which may be a single step. Returns a function that stops a walk without a word.
 */
export function wireWalk(box, { move, start, end }) {
  const [back, play, forward] = box.querySelectorAll("button"), speed = box.querySelector("input");
  let since = null; // ms, when the last step of a running walk was due
  const rate = () => 2 ** speed.value; // steps a second
  const show = () => {
    const word = since === null ? "Play" : "Pause";
    Object.assign(play, { title: word, ariaLabel: word.toLowerCase() });
    play.classList.toggle("playing", since !== null);
    box.querySelector(".speed span").textContent = `${rate()} / s`;
    speed.ariaValueText = `${rate()} steps a second`;
  };
  const halt = () => {
    since = null;
    show();
  };
  const finish = () => {
    halt();
    end();
  };
  const tick = (now) => {
    if (since === null) return;
    const due = Math.max(0, Math.floor((now - since) * rate() / 1000)); // a frame may have begun before the click
    since += due * 1000 / rate();
    if (box.isConnected && (!due || move(due))) requestAnimationFrame(tick);
    else finish();
  };
  const one = (by) => {
    halt();
    start();
    move(by);
    end();
  };
  back.onclick = () => one(-1);
  forward.onclick = () => one(1);
  play.onclick = () => {
    if (since !== null) return finish();
    start(true);
    since = performance.now();
    show();
    requestAnimationFrame(tick);
  };
  speed.oninput = show;
  show();
  return halt;
}
