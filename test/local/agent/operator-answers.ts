/** What an answer of an operator endpoint must have in common with the recorded one. */
import { assert } from '../../harness/index.ts';
import type { Step } from '../../mesos/transcript.ts';

/**
 * Members of recorded answers that mean nothing here: settings and counters of Mesos' own parts, a process that plays
 * the command executor, and lists that differ by what the recorded executors were.
 */
const NOT_OURS: readonly RegExp[] = [
  /\.flags\./,
  /master_hostname/,
  /(containerizer|gc|resource_provider_manager|system)\//,
  /slave\/(\w+_revocable_\w+|executor_directory_max_allowed_age_secs|executors_preempted|container_launch_errors)$/,
  /slave\/(invalid|valid)_\w+$|slave\/recovery_\w+$|slave\/tasks_(failed|finished|gone|killed|lost)$/,
  /\.get_flags\.|\.get_metrics\./,
  /executor_info\.command\.arguments/,
];

/** Paths of members that `wanted` has and `got` has not, or has with another type. */
export function missingMembers(wanted: unknown, got: unknown, path = ''): string[] {
  if (NOT_OURS.some((pattern) => pattern.test(path))) return [];
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got)) return [`${path} is no list`];
    return wanted.length > 0 && got.length > 0 ? missingMembers(wanted[0], got[0], `${path}[]`) : [];
  }
  if (wanted !== null && typeof wanted === 'object') {
    if (got === null || typeof got !== 'object') return [`${path} is no object`];
    return Object.entries(wanted).flatMap(([name, value]) =>
      name in got
        ? missingMembers(value, (got as Record<string, unknown>)[name], `${path}.${name}`)
        : NOT_OURS.some((pattern) => pattern.test(`${path}.${name}`))
          ? []
          : [`${path}.${name} is missing`],
    );
  }
  return typeof wanted === typeof got ? [] : [`${path} is a ${typeof got}`];
}

/** Times, link counts and the log of Mesos' own executor differ from run to run. */
function withoutRun(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRun);
  if (value === null || typeof value !== 'object') return value;
  const source = value as Record<string, unknown>;
  const isLog = String(source.path ?? '').endsWith('/stderr');
  const isDirectory = String(source.mode ?? '').startsWith('d') || source.mode === 16877;
  return Object.fromEntries(
    Object.entries(source)
      .filter(([name]) => !['mtime', 'nlink'].includes(name))
      .filter(([name]) => name !== 'size' || !(isLog || isDirectory))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, withoutRun(item)]),
  );
}

/** File contents and errors are equal; descriptions of what runs have the same members. */
export function compareAnswer(step: Step, body: string, path: string): void {
  if (step.text !== undefined) assert.is(body, step.text, path);
  if (step.json === undefined) return;
  const got: unknown = JSON.parse(body);
  const type = (step.json as { type?: string }).type ?? '';
  if (path.startsWith('/files/') || ['LIST_FILES', 'READ_FILE'].includes(type))
    assert.equal(withoutRun(got), withoutRun(step.json), path);
  else assert.equal(missingMembers(step.json, got), [], `${path} ${type}`);
}
