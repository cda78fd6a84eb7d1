/** Lets at most `most` pieces of work run at once; the others wait in order. */
export function turnstile(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      // Hand the place on to the next one.
      const next = waiting.shift();
      if (next) next();
      else inside--;
    }
  };
}
