declare module 'handlebars/dist/cjs/handlebars/compiler/parser.js';
