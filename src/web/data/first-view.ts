import type { FirstView } from '../../api/views/shared.ts';

/** The first view, which comes within the document. */
export const firstView = JSON.parse(document.getElementById('first')?.textContent ?? '{}') as FirstView;

/** The cluster, the reader of the page, and what they may do. */
export const session = firstView.session;
