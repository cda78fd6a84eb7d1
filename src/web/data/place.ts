import { screenAt } from '../../api/views/screens.ts';
import { store } from './store.ts';

interface Place {
  readonly pathname: string;
  readonly search: string;
}

const here = (): Place => ({ pathname: location.pathname, search: location.search });

/** The address shown now. Filters, sorting and pages are part of the query, so every state can be linked to. */
export const place = store<Place>(here());

/** Goes to the address; with `replace` the browser's Back does not return to the present one. */
export function go(address: string, how: 'push' | 'replace' = 'push'): void {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !screenAt(url.pathname, url.search)) {
    location.assign(address);
    return;
  }
  const from = place.get().pathname;
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', url);
  place.set(here());
  if (how === 'push' && from !== url.pathname) scrollTo(0, 0);
}

/** Links to screens are followed without loading the page again; all other links work as usual. */
function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link?.href || link.target !== '' || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !screenAt(url.pathname, url.search)) return;
  if (url.hash !== '' && url.pathname === location.pathname) return;
  event.preventDefault();
  go(link.href);
}

export function followPlace(): void {
  addEventListener('popstate', () => place.set(here()));
  document.addEventListener('click', onClick);
}
