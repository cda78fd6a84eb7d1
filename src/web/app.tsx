import { useEffect, useLayoutEffect } from 'preact/hooks';
import { type ScreenPlace, screenAt } from '../api/views/screens.ts';
import type { WithToolLinks } from '../api/views/shared.ts';
import { session } from './data/first-view.ts';
import { place } from './data/place.ts';
import { useStore } from './data/store.ts';
import { pageOf, shownView, showView } from './data/view.ts';
import { Crumbs } from './parts/crumbs.tsx';
import { DialogSlot } from './parts/dialog.tsx';
import { Loading, Refused, Stale } from './parts/notices.tsx';
import { Toast } from './parts/toast.tsx';
import { ToolLinks } from './parts/tool-links.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { SCREEN_PARTS } from './screens.ts';

/** Shows the screen at the address with its view, or says why there is none. */
function Shown({ at }: { readonly at: ScreenPlace }) {
  const shown = useStore(shownView);
  const { component: Screen } = SCREEN_PARTS[at.screen];
  // The address changes a moment before the view does, and a screen cannot draw the view of another one.
  if (shown.page !== pageOf(at)) return <Loading />;
  if (shown.refused) return <Refused at={at} {...shown.refused} />;
  if (shown.view === undefined) return shown.stale ? <Stale {...shown.stale} empty /> : <Loading />;
  return (
    <div class={shown.stale ? 'stale' : undefined}>
      {shown.stale && <Stale {...shown.stale} />}
      <ToolLinks view={shown.view as WithToolLinks} />
      <Screen view={shown.view} at={at} />
    </div>
  );
}

export function App() {
  const { pathname, search } = useStore(place);
  const at = screenAt(pathname, search);
  useLayoutEffect(() => {
    if (at) showView(at);
  }, [at?.request, at?.screen]);
  const title = at ? SCREEN_PARTS[at.screen].title(at.path) : 'Aurora';
  useEffect(() => {
    document.title = `${title} · ${session.cluster}`;
  }, [title]);
  if (!at) return null;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <TopBar screen={at.screen} />
      <main id="main" tabIndex={-1}>
        <Crumbs at={at} />
        <Shown key={`${at.screen} ${pathname}`} at={at} />
      </main>
      <DialogSlot />
      <Toast />
    </>
  );
}
