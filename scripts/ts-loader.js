// Lets Node run the TypeScript sources as they are: `node --import ./scripts/ts-loader.js file.ts`.
// Node 20 strips no types itself; esbuild is there anyway, because the product loads job files with it.
import { register } from 'node:module';

register('./ts-hooks.js', import.meta.url);
process.setSourceMapsEnabled(true);
