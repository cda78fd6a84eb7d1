/** Headers whose repetitions are all kept: lists, and those that the cross-site and caller checks must see in full. */
const KEPT: ReadonlySet<string> = new Set([
  'accept-encoding',
  'cookie',
  'host',
  'origin',
  'sec-fetch-site',
  'x-forwarded-for',
]);

/**
 * Keeps only the first line of each repeated header; takes and returns raw headers (name, value, name, value ...). Java
 * servers read headers this way and clients of the original rely on it: one sends Content-Type twice, which joined by a
 * comma would be no valid media type. Headers in `KEPT` keep all their lines.
 */
export function firstLines(rawHeaders: readonly string[]): string[] {
  const seen = new Set<string>();
  const first: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const lower = name.toLowerCase();
    if (!KEPT.has(lower) && seen.has(lower)) continue;
    seen.add(lower);
    first.push(name, rawHeaders[at + 1] as string);
  }
  return first;
}

/** Whether a name occurs twice. */
function repeats(rawHeaders: readonly string[]): boolean {
  for (let at = 2; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    for (let before = 0; before < at; before += 2) {
      const other = rawHeaders[before] as string;
      if (other.length === name.length && other.toLowerCase() === name.toLowerCase()) return true;
    }
  }
  return false;
}

/** Names and values of so few headers are compared one by one, which makes no garbage; nearly every request has fewer. */
const FEW = 40;

/** A request of node:http. Its `headers` have been computed already: repeated lines are joined, or only the first is kept. */
interface IncomingHead {
  rawHeaders: string[];
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Applies `firstLines` to a request of node:http; to be called before anything reads its headers. */
export function keepFirstLines(incoming: IncomingHead): void {
  const { headers, rawHeaders } = incoming;
  if (rawHeaders.length <= FEW && !repeats(rawHeaders)) return;
  const first = firstLines(rawHeaders);
  if (first.length === rawHeaders.length) return;
  incoming.rawHeaders = first;
  for (let at = 0; at + 1 < first.length; at += 2) {
    const name = (first[at] as string).toLowerCase();
    if (!KEPT.has(name)) headers[name] = first[at + 1];
  }
}
