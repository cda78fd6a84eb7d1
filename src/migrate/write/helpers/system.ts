import type { Helper } from './helper.ts';

/** Helpers for files, paths and the environment. */
export const SYSTEM_HELPERS: Readonly<Record<string, Helper>> = {
  linesOf: {
    text: `/** The lines of a file, each with its line break. */
function linesOf(value: string): string[] {
  return value.match(/[^\\n]*\\n|[^\\n]+/g) ?? [];
}`,
  },
  fromEnvironment: {
    text: `/** A variable of the environment, which must be set. */
function fromEnvironment(name: string): string {
  const value = globalThis.process.env[name];
  if (value === undefined) throw Object.assign(new Error(\`\${name} is not set\`), { name: 'KeyError' });
  return value;
}`,
  },
  joinPath: {
    text: `/** Parts of a path; one that starts with a slash makes those before it void. */
function joinPath(...parts: string[]): string {
  return parts.reduce((path, part) =>
    part.startsWith('/') || path === '' ? part : path.endsWith('/') ? path + part : \`\${path}/\${part}\`,
  );
}`,
  },
  basenameOf: {
    text: `/** What stands behind the last slash. */
function basenameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}`,
  },
  dirnameOf: {
    text: `/** What stands before the last slash. */
function dirnameOf(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\\/*$/.test(head) ? head : head.replace(/\\/+$/, '');
}`,
  },
  splitExtension: {
    text: `/** A path without its extension, and the extension with its dot. */
function splitExtension(path: string): [string, string] {
  const start = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  return dot < start || /^\\.*$/.test(path.slice(start, dot))
    ? [path, '']
    : [path.slice(0, dot), path.slice(dot)];
}`,
  },
};
