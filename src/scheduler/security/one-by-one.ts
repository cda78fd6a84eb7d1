/** Runs costly work that strangers can cause: one piece at a time, with a limited queue. */
export interface OneByOne {
  /** Returns undefined and does nothing when too much work is waiting, in all or from this address. */
  run<T>(address: string | undefined, work: () => Promise<T>): Promise<T> | undefined;
}

const MOST_WAITING = 100;
const MOST_OF_ADDRESS = 10;

export function oneByOne(): OneByOne {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const byAddress = new Map<string, number>();
  return {
    run(address = '', work) {
      const own = byAddress.get(address) ?? 0;
      if (waiting >= MOST_WAITING || own >= MOST_OF_ADDRESS) return undefined;
      waiting++;
      byAddress.set(address, own + 1);
      const done = () => {
        waiting--;
        const left = (byAddress.get(address) ?? 1) - 1;
        if (left > 0) byAddress.set(address, left);
        else byAddress.delete(address);
      };
      const turn = last.then(work);
      last = turn.then(done, done);
      return turn;
    },
  };
}
