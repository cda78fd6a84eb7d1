// `npm run simulate -- --seeds N --seed S --trace` runs the whole scheduler on a virtual clock; see
// test/simulation/main.ts.
import './ts-loader.js';

await import('../test/simulation/main.ts');
