/** The line of an offset, counted from 1. */
export const lineAt = (text: string, at: number): number => {
  let line = 1;
  for (let index = text.indexOf('\n'); index >= 0 && index < at; index = text.indexOf('\n', index + 1))
    line++;
  return line;
};

/** `FILE:LINE:COLUMN`, both counted from 1. */
export const place = (path: string, text: string, at: number): string =>
  `${path}:${lineAt(text, at)}:${at - text.lastIndexOf('\n', at - 1)}`;
