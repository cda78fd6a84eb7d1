import { go } from './data/place.ts';
import { singleKeys } from './data/settings.ts';
import { openHelp } from './parts/help.tsx';

/** Where `g` and another key lead. */
export const WAYS: Readonly<Record<string, readonly [path: string, name: string]>> = {
  h: ['/scheduler', 'cluster'],
  r: ['/scheduler', 'roles'],
  u: ['/updates', 'updates'],
  p: ['/pending', 'pending tasks'],
  a: ['/agents/map', 'agents'],
  m: ['/maintenance/view', 'maintenance'],
  c: ['/cron/view', 'cron jobs'],
};

/** The second key of a sequence comes within this time. */
const SEQUENCE_MS = 1_000;

const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

/** Rows are reached by the link in them. */
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

/** Keys of one letter; none of them changes anything but what is seen. */
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

/** Keys that a control of the screen takes for itself: `data-key`. */
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
