import type { ClusterJobKey } from './job-key.ts';
import { liveBlock } from './live-block.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';
import { updateFrame } from './update-frame.ts';
import { changeLine, changesBetween } from './update-lines.ts';
import type { UpdateView } from './update-view.ts';
import { waitsFor } from './update-words.ts';

/**
 * The form of the output: a block on the terminal, a line for each change, or a JSON object for each. `auto` means a
 * block if there is a terminal.
 */
export type WatchForm = 'auto' | 'lines' | 'json';

/** Where to show what a watcher sees. */
export interface WatchOutput {
  show(view: UpdateView): void;
  /** Called once, after the last look. */
  end(view: UpdateView, exit: number): void;
  /** Warns that the scheduler cannot be reached at the moment; has the shape of a log's `warn`. */
  readonly trouble: (fields: object, text: string) => void;
}

/** Writes results to stdout and a live block to stderr. */
export function watchOutput(
  session: Session,
  job: ClusterJobKey,
  { form, color }: { readonly form: WatchForm; readonly color?: boolean | undefined },
): WatchOutput {
  if (form === 'json') return jsonOutput(session);
  const terminal = form === 'auto' ? session.terminal() : undefined;
  return terminal ? blockOutput(session, job, terminal, color) : lineOutput(session, job);
}

function jsonOutput({ clock, log, print }: Session): WatchOutput {
  let before: UpdateView | undefined;
  const at = () => new Date(clock.nowMs()).toISOString();
  return {
    show(view) {
      for (const change of changesBetween(before, view))
        print(`${JSON.stringify({ at: at(), ...change })}\n`);
      before = view;
    },
    end({ id, status, elapsedMs, updated, instances }, exit) {
      const end = {
        at: at(),
        type: 'end',
        id,
        status,
        updated,
        instances: instances.length,
        elapsedMs,
        exit,
      };
      print(`${JSON.stringify(end)}\n`);
    },
    trouble: log.warn,
  };
}

/** How often to print a sign of life, so that a quiet update is not taken for a hung command. */
const QUIET_MS = 60_000;

function lineOutput({ clock, log, print }: Session, job: ClusterJobKey): WatchOutput {
  let before: UpdateView | undefined;
  let saidMs = clock.monotonicMs();
  const say = (text: string) => {
    print(`${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z ${text}\n`);
    saidMs = clock.monotonicMs();
  };
  return {
    show(view) {
      for (const change of changesBetween(before, view)) say(changeLine(change, view));
      before = view;
      if (clock.monotonicMs() - saidMs < QUIET_MS) return;
      const wait = waitsFor(view, job);
      say(`unchanged for 60 s${wait ? `: ${wait}` : ''}`);
    },
    end() {},
    trouble: log.warn,
  };
}

function blockOutput(
  { clock, complain, env, print }: Session,
  job: ClusterJobKey,
  terminal: NonNullable<ReturnType<Session['terminal']>>,
  color: boolean | undefined,
): WatchOutput {
  const style = styleOf(env, { isTerminal: true, color });
  const block = liveBlock(complain, terminal, style);
  let last: UpdateView | undefined;
  let seenMs = clock.monotonicMs();
  const draw = (view: UpdateView, notice?: string) =>
    block.draw(updateFrame(view, { job, style, ...terminal.size(), notice }));
  return {
    show(view) {
      last = view;
      seenMs = clock.monotonicMs();
      draw(view);
    },
    end(view) {
      draw(view);
      const [line] = changesBetween(undefined, view).slice(-1);
      if (line) print(`${changeLine(line, view)}\n`);
    },
    trouble(_, text) {
      if (!last) complain(` WARN] ${text}\n`);
      else
        draw(last, `waiting for a leader (${Math.round((clock.monotonicMs() - seenMs) / 1000)} s): ${text}`);
    },
  };
}
