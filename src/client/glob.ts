/** Whether a text contains wildcards: `*`, `?` or `[...]`. */
export const hasGlob = (text: string): boolean => /[*?[]/.test(text);

/**
 * Whether a text matches a shell pattern: `*` stands for any text, `?` for any character, and `[abc]`, `[a-c]` and
 * `[!abc]` for one character.
 */
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
