import type { ScreenPlace } from '../../api/views/screens.ts';

/** The properties of every screen: its view and its place. */
export interface ScreenProps<View> {
  readonly view: View;
  readonly at: ScreenPlace;
}
