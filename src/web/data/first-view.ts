import type { FirstView } from '../../api/views/shared.ts';

/** What the document brought along. */
export const firstView = JSON.parse(document.getElementById('first')?.textContent ?? '{}') as FirstView;

/** Who looks at the page, and what they may do. */
export const session = firstView.session;
