import type { ScreenName } from '../../api/views/screens.ts';
import { session } from '../data/first-view.ts';
import { go } from '../data/place.ts';
import { theme } from '../data/settings.ts';
import { useStore } from '../data/store.ts';
import { openHelp } from './help.tsx';
import { LiveSign } from './live-sign.tsx';

const LINKS: readonly (readonly [screen: ScreenName, href: string, name: string])[] = [
  ['updates', '/updates', 'Updates'],
  ['pending', '/pending', 'Pending'],
  ['agents', '/agents/map', 'Agents'],
  ['maintenance', '/maintenance/view', 'Maintenance'],
  ['cron', '/cron/view', 'Cron'],
  ['quota', '/quotas/view', 'Quota'],
  ['scheduler', '/state/view', 'Scheduler'],
];

const NEXT_THEME = { system: 'light', light: 'dark', dark: 'system' } as const;
const THEME_SIGN = { system: '◐', light: '☼', dark: '☾' } as const;

function ThemeSwitch() {
  const now = useStore(theme);
  const onClick = () => {
    const next = NEXT_THEME[now];
    theme.set(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
  };
  const text = `theme: ${now}; switch to ${NEXT_THEME[now]}`;
  return (
    <button type="button" class="plain" title={text} aria-label={text} onClick={onClick}>
      {THEME_SIGN[now]}
    </button>
  );
}

function Search() {
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const box = (event.currentTarget as HTMLFormElement).elements.namedItem('q') as HTMLInputElement;
    go(`/search?q=${encodeURIComponent(box.value.trim())}`);
  };
  return (
    <search>
      <form onSubmit={onSubmit}>
        <input
          id="search"
          name="q"
          type="search"
          placeholder="Search: job, host, id   /"
          aria-label="search jobs, hosts, task and update ids"
          autocomplete="off"
        />
      </form>
    </search>
  );
}

/** The bar at the top of every screen. */
export function TopBar({ screen }: { readonly screen: ScreenName }) {
  return (
    <header class="top">
      <a class="brand" href="/scheduler">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2 13 8 2l6 11" />
          <path d="M5 13 8 7.5 11 13" />
        </svg>
        {session.cluster}
      </a>
      <nav aria-label="screens">
        {LINKS.map(([name, href, text]) => (
          <a key={name} href={href} aria-current={name === screen ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <Search />
      <LiveSign />
      <span class="user" title="who you are to this scheduler">
        {session.user ?? 'anonymous'}
      </span>
      <ThemeSwitch />
      <button
        type="button"
        class="plain"
        title="keys and settings"
        aria-label="keys and settings"
        onClick={openHelp}
      >
        ?
      </button>
    </header>
  );
}
