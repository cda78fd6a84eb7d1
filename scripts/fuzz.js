// `npm run fuzz -- TARGET --seconds N --seed S`: every reader of foreign bytes, tried with broken ones, see test/fuzz/main.ts.
import './ts-loader.js';

await import('../test/fuzz/main.ts');
