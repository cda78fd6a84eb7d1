import { go } from './data/place.ts';
import { singleKeys } from './data/settings.ts';
import { openHelp } from './parts/help.tsx';

/** Where `g` followed by one of these keys leads. */
export const WAYS: Readonly<Record<string, readonly [path: string, name: string]>> = {
  h: ['/scheduler', 'cluster'],
  r: ['/scheduler', 'roles'],
  u: ['/updates', 'updates'],
  p: ['/pending', 'pending tasks'],
  a: ['/agents/map', 'agents'],
  m: ['/maintenance/view', 'maintenance'],
  c: ['/cron/view', 'cron jobs'],
};

/** The second key of a sequence must come within this time. */
const SEQUENCE_MS = 1_000;

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** Moves the focus to the next or previous row, that is to the first link or button in it. */
function moveRow(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('tbody tr')].flatMap(
    (row) => row.querySelector<HTMLElement>('a, button') ?? [],
  );
  const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

function moveTab(step: 1 | -1): void {
  const tabs = [...document.querySelectorAll<HTMLElement>('.tabs a')];
  const at = tabs.findIndex((tab) => tab.getAttribute('aria-current') === 'page');
  tabs[(at + step + tabs.length) % tabs.length]?.click();
}

/** Actions of single keys; they only change what is shown, nothing in the cluster. */
const KEYS: Readonly<Record<string, () => void>> = {
  '/': () => document.querySelector<HTMLInputElement>('#search')?.focus(),
  '?': openHelp,
  j: () => moveRow(1),
  k: () => moveRow(-1),
  u: () => document.querySelector<HTMLElement>('.crumbs a:last-of-type')?.click(),
  l: () => document.querySelector<HTMLElement>('.tabs a[href$="=log"]')?.click(),
  '[': () => moveTab(-1),
  ']': () => moveTab(1),
  '.': () => document.querySelector<HTMLElement>('.writes button')?.focus(),
};

/** The action of a key that a control on the screen claims with `data-key`. */
const ownKey = (key: string): (() => void) | undefined => {
  const control = /^[a-z]$/i.test(key)
    ? document.querySelector<HTMLElement>(`main [data-key="${key}"]`)
    : undefined;
  return control ? () => control.click() : undefined;
};

export function followKeys(): void {
  let ledMs = Number.NEGATIVE_INFINITY;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === 'Escape' && isTyped(event.target)) return (event.target as HTMLElement).blur();
    if (isTyped(event.target) || document.querySelector('dialog[open]') || singleKeys.get() === 'off') return;
    const way = event.timeStamp - ledMs < SEQUENCE_MS ? WAYS[event.key] : undefined;
    ledMs = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    const action = way ? () => go(way[0]) : (KEYS[event.key] ?? ownKey(event.key));
    if (!action) return;
    event.preventDefault();
    action();
  });
}
