import { repeated } from '../rules/order.ts';
import type { Rule } from '../rules/rule.ts';
import { RULES } from '../rules/values.ts';
import { boolean, choice, type Fields, integer, invalid, list, number, object, text } from './fields.ts';
import { DEFAULT_LOGGER, type ProcessLogger, type ThermosProcess, type ThermosTask } from './model.ts';

/** @throws AuroraError EXECUTOR when a value breaks a rule of the shared table */
function keep<T>(rule: Rule<T>, value: T, where: string): T {
  const problem = rule(value);
  if (problem === undefined) return value;
  throw invalid(`${where.slice(where.lastIndexOf('.') + 1)} ${problem}`, where);
}

const PROCESS_KEYS = new Set([
  'name',
  'cmdline',
  'max_failures',
  'daemon',
  'ephemeral',
  'min_duration',
  'final',
  'logger',
  'resources',
]);

function parseLogger(value: unknown, where: string): ProcessLogger | undefined {
  if (value === undefined) return undefined;
  const logger = object(value, where);
  const rotate = object(logger.rotate ?? {}, `${where}.rotate`);
  const parsed: ProcessLogger = {
    destination: choice(
      logger.destination,
      ['file', 'console', 'both', 'none'],
      `${where}.destination`,
      DEFAULT_LOGGER.destination,
    ),
    mode: choice(logger.mode, ['standard', 'rotate'], `${where}.mode`, DEFAULT_LOGGER.mode),
    rotateBytes: integer(rotate.log_size, `${where}.rotate.log_size`, DEFAULT_LOGGER.rotateBytes),
    backups: integer(rotate.backups, `${where}.rotate.backups`, DEFAULT_LOGGER.backups),
  };
  keep(RULES.logSizeBytes, parsed.rotateBytes, `${where}.rotate.log_size`);
  keep(RULES.logBackups, parsed.backups, `${where}.rotate.backups`);
  return parsed;
}

function parseProcess(value: unknown, where: string): ThermosProcess {
  const fields = object(value, where);
  const unknown = Object.keys(fields).find((key) => !PROCESS_KEYS.has(key));
  if (unknown !== undefined) throw invalid(`unknown field "${unknown}" of a process`, where);
  return {
    name: keep(RULES.processName, text(fields.name, `${where}.name`), `${where}.name`),
    cmdline: keep(RULES.command, text(fields.cmdline, `${where}.cmdline`), `${where}.cmdline`),
    maxFailures: integer(fields.max_failures, `${where}.max_failures`, 1),
    daemon: boolean(fields.daemon, `${where}.daemon`),
    ephemeral: boolean(fields.ephemeral, `${where}.ephemeral`),
    final: boolean(fields.final, `${where}.final`),
    minDurationMs: number(fields.min_duration, `${where}.min_duration`, 5) * 1000,
    logger: parseLogger(fields.logger, `${where}.logger`),
  };
}

function parseOrder(value: unknown, where: string): readonly string[] {
  const order = list(object(value, where).order, `${where}.order`, true);
  return order.map((name, at) => text(name, `${where}.order[${at}]`));
}

/**
 * Reads a bound task and fills in the defaults of the original's schema. Ignores unknown fields of the task; refuses
 * unknown fields of a process, and two processes with the same name.
 * @throws AuroraError EXECUTOR naming the field
 */
export function parseTask(task: Fields): ThermosTask {
  const processes = list(task.processes, 'task.processes', true).map((value, at) =>
    parseProcess(value, `task.processes[${at}]`),
  );
  const [twice] = repeated(processes.map(({ name }) => name));
  if (twice !== undefined)
    throw invalid(`two processes are called "${twice}"`, 'task.processes', 'give each a name of its own');
  const maxConcurrency = integer(task.max_concurrency, 'task.max_concurrency', 0);
  if (maxConcurrency < 0) throw invalid(`max_concurrency must be at least 0, got ${maxConcurrency}`, 'task');
  checkResources(task.resources);
  const [first] = processes;
  return {
    name: task.name === undefined ? (first?.name ?? '') : text(task.name, 'task.name'),
    processes,
    orders: list(task.constraints, 'task.constraints').map((value, at) =>
      parseOrder(value, `task.constraints[${at}]`),
    ),
    maxFailures: integer(task.max_failures, 'task.max_failures', 1),
    maxConcurrency,
    finalizationWaitMs: Math.max(0, number(task.finalization_wait, 'task.finalization_wait', 30) * 1000),
  };
}

/** The resources are only used for measurements, so they may be missing, but not in part. */
function checkResources(value: unknown): void {
  if (value === undefined) return;
  const resources = object(value, 'task.resources');
  for (const key of ['cpu', 'ram', 'disk']) {
    if (resources[key] === undefined) throw invalid(`"${key}" is missing`, 'task.resources');
    number(resources[key], `task.resources.${key}`, 0);
  }
  keep(RULES.cpusOrNone, number(resources.cpu, 'task.resources.cpu', 0), 'task.resources.cpu');
}
