/** A hidden tab lets its connections go after this time; at once when another tab of this scheduler is looked at. */
const HIDDEN_MS = 30_000;

/** A browser has six connections to a scheduler over all tabs, so tabs tell one another when they want one. */
const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('aurora.tabs');

/**
 * Calls `seen` now, when the tab is looked at, and each time it is again; `unseen` in between, when connections have to be
 * let go. The result ends that, and calls neither.
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
