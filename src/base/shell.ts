/** Quotes a text as one word of a shell command; words that no shell would split or expand stay as they are. */
export const shellQuoted = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
