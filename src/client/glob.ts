/** Whether a text has wildcards: `*`, `?` or `[...]`. */
export const hasGlob = (text: string): boolean => /[*?[]/.test(text);

/** Whether a text fits a shell pattern: `*` any text, `?` any letter, `[abc]`, `[a-c]` and `[!abc]` one letter. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern.replace(/\[(!?)(\]?[^\]]*)\]|[*?[\]]|[\\^$+.()|{}]/g, (found, not, set) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
    if (found === '*') return '.*';
    return found === '?' ? '.' : `\\${found}`;
  });
  try {
    return new RegExp(`^${source}$`, 's').test(text);
  } catch {
    return text === pattern;
  }
}
