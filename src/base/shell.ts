/** A text as one word of a shell line; what no shell takes apart stays as it is. */
export const shellQuoted = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
