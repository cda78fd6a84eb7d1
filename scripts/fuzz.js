// `npm run fuzz -- TARGET --seconds N --seed S` tries the readers of foreign bytes with broken input; see
// test/fuzz/main.ts.
import './ts-loader.js';

await import('../test/fuzz/main.ts');
