/** A hidden tab closes its connections after this time, or at once when another tab of the scheduler is shown. */
const HIDDEN_MS = 30_000;

/** A browser allows six connections to a scheduler for all tabs together, so tabs tell each other of their needs. */
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('aurora.tabs');

/**
 * Calls `seen` when the tab is visible, now or later, and `unseen` when it has been hidden and must close its
 * connections; then `seen` again, and so on. Returns a function that ends this and calls neither.
 */
export function whileSeen(seen: () => void, unseen: () => void): () => void {
  let holds = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = () => {
    clearTimeout(timer);
    if (!holds) return;
    holds = false;
    unseen();
  };
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(leave, HIDDEN_MS);
      return;
    }
    tabs?.postMessage('seen');
    if (holds) return;
    holds = true;
    seen();
  };
  const onOther = () => {
    if (document.hidden) leave();
  };
  document.addEventListener('visibilitychange', look);
  tabs?.addEventListener('message', onOther);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    tabs?.removeEventListener('message', onOther);
    clearTimeout(timer);
  };
}
