import { render } from 'preact';
import { App } from './app.tsx';
import { followPlace } from './data/place.ts';
import { followKeys } from './keys.ts';

const page = document.getElementById('page');
if (page) {
  followPlace();
  followKeys();
  render(<App />, page);
}
