/** Mesos has fewer than a hundred reasons, sources and types; a peer may send others. */
const MOST_KNOWN = 1_000;

/**
 * Names of counters that differ in one part. Each is put together once: a new text has to be hashed before its counter is
 * found, which takes several times as long as to count, and some are counted for every event of Mesos.
 */
export function counterNames(before: string, after = ''): (part: string) => string {
  const known = new Map<string, string>();
  return (part) => {
    let name = known.get(part);
    if (name === undefined) {
      if (known.size >= MOST_KNOWN) known.clear();
      name = `${before}${part}${after}`;
      known.set(part, name);
    }
    return name;
  };
}
