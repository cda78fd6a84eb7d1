/** The pieces of work that may wait for their turn. */
export interface LoopTurns {
  /** Runs `piece` in one of the next turns of the event loop; returns what cancels it while it waits. */
  next(piece: () => void): () => void;
  /** How long this turn of the event loop has been at work, in milliseconds. */
  busyMs(): number;
}

export interface LoopTurnsOptions {
  nowMs(): number;
  /** How long the event loop has been idle in all, waiting for something to happen. */
  idleMs(): number;
  /** Calls `run` in the next turn, as setImmediate does; returns what cancels it. */
  soon(run: () => void): () => void;
}

/** Once a turn has lasted this long, nothing more begins in it. */
const TURN_MS = 7;

interface Piece {
  readonly run: () => void;
  cancel: () => void;
}

/**
 * Shares the turns of the event loop among all long work of the process. Each piece of it takes a few milliseconds, but
 * a turn in which every kind of work had a piece would last as long as all of them together: so a turn takes pieces only
 * until it has lasted for its time, with what it read from sockets before, and always at least one. Pieces begin in the
 * order in which they were added; each keeps the asynchronous context of its caller.
 */
export function loopTurns({ nowMs, idleMs, soon }: LoopTurnsOptions): LoopTurns {
  const waiting = new Set<Piece>();
  /** The number of the turn whose pieces run, or ran last; whether any has run in it, and when it began. */
  let turn = 0;
  let ran = false;
  let beganMs = nowMs();
  let running = false;
  /** When the last piece ended, and the idle time until then. */
  let endedMs = beganMs;
  let idleBeforeMs = idleMs();

  const busyMs = (): number =>
    running ? nowMs() - beganMs : Math.max(0, nowMs() - endedMs - (idleMs() - idleBeforeMs));

  const arm = (piece: Piece) => {
    const mine = turn + 1;
    piece.cancel = soon(() => begin(piece, mine));
  };
  const begin = (piece: Piece, mine: number) => {
    if (mine > turn) {
      beganMs = nowMs() - busyMs();
      turn = mine;
      ran = false;
    }
    const [oldest] = waiting;
    if (piece !== oldest || (ran && nowMs() - beganMs >= TURN_MS)) return arm(piece);
    waiting.delete(piece);
    ran = true;
    running = true;
    try {
      piece.run();
    } finally {
      running = false;
      endedMs = nowMs();
      idleBeforeMs = idleMs();
    }
  };

  return {
    next(run) {
      const piece: Piece = { run, cancel: () => {} };
      waiting.add(piece);
      arm(piece);
      return () => {
        waiting.delete(piece);
        piece.cancel();
      };
    },
    busyMs,
  };
}

/** Made at its first use: reading `performance` loads a module, which costs a command that never waits 2 ms. */
let ofThisProcess: LoopTurns | undefined;

function turnsOfThisProcess(): LoopTurns {
  ofThisProcess ??= loopTurns({
    nowMs: () => performance.now(),
    idleMs: () => performance.nodeTiming.idleTime,
    soon(run) {
      const next = setImmediate(run);
      return () => clearImmediate(next);
    },
  });
  return ofThisProcess;
}

/** The turns of this process's event loop. */
export const turnsOfLoop: LoopTurns = {
  next: (piece) => turnsOfThisProcess().next(piece),
  busyMs: () => turnsOfThisProcess().busyMs(),
};
