import type { ScreenPlace } from '../../api/views/screens.ts';

/** What every screen is given: its view, and where the reader is. */
export interface ScreenProps<View> {
  readonly view: View;
  readonly at: ScreenPlace;
}
