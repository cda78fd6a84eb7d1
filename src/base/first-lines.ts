/** Of these a second line with the same name is no mistake of the client's, or must be seen by those who judge it. */
const KEPT: ReadonlySet<string> = new Set([
  'accept-encoding',
  'cookie',
  'host',
  'origin',
  'sec-fetch-site',
  'x-forwarded-for',
]);

/**
 * Headers as they came (name, value, name, value ...) with one line of each name: the first. Servers in Java read a
 * header so, and clients of the original rely on it (one sends Content-Type twice); joined by a comma it would be no
 * media type. Lists that are read as lists keep all lines, and so do those that tell where a request comes from.
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

/** A request of node:http, whose `headers` are worked out already: lines of one name joined, or the first one. */
interface IncomingHead {
  rawHeaders: string[];
  readonly headers: Record<string, string | string[] | undefined>;
}

/** Leaves one line of each header in a request of node:http, before anybody reads them. */
export function keepFirstLines(incoming: IncomingHead): void {
  const { headers, rawHeaders } = incoming;
  const first = firstLines(rawHeaders);
  if (first.length === rawHeaders.length) return;
  incoming.rawHeaders = first;
  for (let at = 0; at + 1 < first.length; at += 2) {
    const name = (first[at] as string).toLowerCase();
    if (!KEPT.has(name)) headers[name] = first[at + 1];
  }
}
