/** Beyond this many different texts the pool starts over; what was handed out stays as it is. */
const MOST_TEXTS = 50_000;

/**
 * Makes equal texts one object. Hosts, agent ids and messages come off the wire and out of the log as a new object
 * each time, although there are few different ones.
 */
export function sharedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, text);
    return text;
  };
}
