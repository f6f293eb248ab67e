// Loading the page again by its link, as after a new start of the server.

const RELOADED = "follow.reloaded", AGAIN = 60_000; // ms, at least, from one reload of the page to the next

/** Load the page again; where that has just been done, or nobody could remember it, it is left as it is. */
export function reloadOnce() {
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < AGAIN) return;
    sessionStorage.setItem(RELOADED, Date.now());
  } catch {
    return; // no storage here
  }
  location.reload();
}
