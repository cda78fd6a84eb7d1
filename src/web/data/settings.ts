import { type Store, store } from './store.ts';

/** A choice that this browser remembers; without storage it lasts as long as the page. */
function kept<T extends string>(name: string, values: readonly [T, ...T[]]): Store<T> {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(name);
  } catch {
    // Storage is switched off.
  }
  const choice = store<T>(values.find((value) => value === stored) ?? values[0]);
  choice.subscribe(() => {
    try {
      localStorage.setItem(name, choice.get());
    } catch {
      // As above.
    }
  });
  return choice;
}

export const theme = kept('aurora.theme', ['system', 'light', 'dark']);
export const timeZone = kept('aurora.time', ['local', 'utc']);
/** Whether single keys trigger actions. */
export const singleKeys = kept('aurora.keys', ['on', 'off']);
/** Whether long lines of a log are wrapped. */
export const wrapLines = kept('aurora.wrap', ['off', 'on']);
/** Roles that are shown first; stored in order, separated by spaces. */
export const starred = (() => {
  let stored = '';
  try {
    stored = localStorage.getItem('aurora.starred') ?? '';
  } catch {
    // As above.
  }
  const names = store<readonly string[]>(stored.split(' ').filter(Boolean));
  names.subscribe(() => {
    try {
      localStorage.setItem('aurora.starred', names.get().join(' '));
    } catch {
      // As above.
    }
  });
  return names;
})();
