// Lets Node run the TypeScript sources directly: `node --import ./scripts/ts-loader.js file.ts`. Node 20 cannot strip
// types itself; esbuild is a dependency anyway, because the product loads job files with it.
import { register } from 'node:module';

register('./ts-hooks.js', import.meta.url);
process.setSourceMapsEnabled(true);
