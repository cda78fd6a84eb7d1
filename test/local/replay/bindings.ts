/** Which of our ids stands for which of the recording's. */
export interface Bindings {
  bind(recorded: string, ours: string): void;
  /** Ours for a recorded id; undefined when it has not been seen. */
  get(recorded: string): string | undefined;
  /** A text of the recording with every known id replaced by ours. */
  translate(text: string): string;
}

const isLongEnough = (id: string): boolean => id.length >= 16;

export function bindings(): Bindings {
  const known = new Map<string, string>();
  let longestFirst: [string, string][] | undefined;
  return {
    bind(recorded, ours) {
      if (known.get(recorded) === ours) return;
      known.set(recorded, ours);
      longestFirst = undefined;
    },
    get: (recorded) => known.get(recorded),
    translate(text) {
      longestFirst ??= [...known]
        .filter(([recorded]) => isLongEnough(recorded))
        .sort(([a], [b]) => b.length - a.length);
      const pairs = longestFirst;
      // A mark between the two passes keeps an id of ours from being taken for one of the recording's.
      let result = text;
      pairs.forEach(([recorded], index) => {
        result = result.replaceAll(recorded, `\u0001${index}\u0002`);
      });
      return result.replace(/\u0001(\d+)\u0002/g, (_, index) => pairs[Number(index)]?.[1] ?? '');
    },
  };
}
