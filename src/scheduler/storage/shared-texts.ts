/** When the pool reaches this many texts, it starts over; texts handed out earlier stay valid. */
const MOST_TEXTS = 50_000;

/**
 * Makes equal texts one object. Hosts, agent ids and messages arrive as new strings each time, from the network and
 * from the log, although few of them differ.
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
