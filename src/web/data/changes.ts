import { whileSeen } from './seen.ts';

/** How the page learns of changes. */
export type Hearing = 'live' | 'polling' | 'off';

interface ChangesOptions {
  /** The position of the stream at which the view was made. */
  readonly position: () => string;
  readonly changed: () => void;
  readonly heard: (how: Hearing) => void;
}

/** How long to wait for a stream to open: a buffering proxy passes on nothing of a stream, not even its headers. */
const SILENT_MS = 20_000;
const POLL_MS = 5_000;
const POLL_WITHOUT_NEWS_MS = 15_000;
/** How many streams in a row may fail before polling takes over; streams are tried again later. */
const MOST_FAILURES = 2;
const RETRY_STREAM_MS = 60_000;

const jittered = (ms: number): number => ms * (0.8 + Math.random() * 0.4);

/**
 * Calls `changed` when something within `topics` has changed, and from time to time in any case, because the stream
 * does not cover everything that a view shows. Holds one connection, and only while the tab is visible (see seen.ts).
 * Returns a function that ends all this.
 */
export function followChanges(topics: string, { changed, heard, position }: ChangesOptions): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let ended = false;
  let last = '';

  const poll = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (document.hidden) return poll(ms);
      changed();
      poll(ms);
    }, jittered(ms));
  };
  const close = () => {
    source?.close();
    source = undefined;
    clearTimeout(silence);
  };
  const failed = () => {
    close();
    failures++;
    // The request also finds out whether another scheduler leads by now.
    changed();
    if (failures < MOST_FAILURES) {
      silence = setTimeout(open, jittered(1_000));
      return;
    }
    heard('polling');
    poll(POLL_MS);
    silence = setTimeout(open, RETRY_STREAM_MS);
  };
  const hear = (event: MessageEvent) => {
    if (event.lastEventId) last = event.lastEventId;
    changed();
  };
  function open(): void {
    if (ended || source || document.hidden) return;
    const after = last || position();
    const query = new URLSearchParams({ topics, ...(after ? { after } : {}) });
    source = new EventSource(`/api/view/events?${query}`);
    silence = setTimeout(failed, SILENT_MS);
    source.onopen = () => {
      clearTimeout(silence);
      failures = 0;
      heard('live');
      poll(POLL_WITHOUT_NEWS_MS);
    };
    source.onerror = failed;
    source.addEventListener('change', hear);
    source.addEventListener('resync', hear);
  }
  let isFirst = true;
  const stopSeeing = whileSeen(
    () => {
      if (!isFirst) changed();
      isFirst = false;
      open();
    },
    () => {
      close();
      heard('off');
    },
  );
  return () => {
    ended = true;
    stopSeeing();
    clearTimeout(timer);
    close();
  };
}
