import type { Wire } from '../../api/index.ts';
import { type Expression, namesIn, print } from './expression.ts';
import { copyExpression, jobExpression } from './job-expression.ts';
import { jobForm } from './job-form.ts';
import type { OwnFields } from './own-fields.ts';
import { sharedParts } from './shared-parts.ts';

type JobConfiguration = Wire<'JobConfiguration'>;

/** A file to be written, and the jobs in it. */
export interface JobFile {
  readonly name: string;
  readonly text: string;
  readonly jobs: readonly JobConfiguration[];
}

/** A running job for which no file can be made. */
export interface UnwrittenJob {
  readonly job: JobConfiguration;
  readonly why: string;
}

export interface JobFiles {
  readonly files: readonly JobFile[];
  readonly unwritten: readonly UnwrittenJob[];
}

/** Stages, the most important first; others follow by name. */
const STAGES = ['prod', 'staging', 'test', 'devel'];
const rank = ({ key }: JobConfiguration): string => {
  const at = STAGES.indexOf(key?.environment ?? '');
  return `${at < 0 ? STAGES.length : at}${key?.environment}`;
};

interface Group {
  readonly name: string;
  readonly jobs: readonly JobConfiguration[];
  readonly forms: readonly OwnFields[];
}

/** Names that a variable must not have: JavaScript's keywords and the names of the language. */
const RESERVED =
  /^(break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|let|new|null|of|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|await|async|canary|combineTasks|concatTasks|cron|days|dedicated|environment|float|hostname|hours|imageDigest|instance|javaOptions|limit|mins|not|oneOf|order|parameters|port|pythonOptions|refer|referToMap|secs|taskId)$/;

/** A variable's name for a job: `fooBar` for `foo-bar`. */
function variableFor(job: string): string {
  const camel = job.replaceAll(
    /[^A-Za-z0-9]+(.)?/g,
    (_, next: string | undefined) => next?.toUpperCase() ?? '',
  );
  return /^[a-z]/.test(camel) && !RESERVED.test(camel)
    ? camel
    : `job${camel[0]?.toUpperCase() ?? ''}${camel.slice(1)}`;
}

/** The first job in full; further stages are copies of it with changes. */
function expressionsOf({ name, forms }: Group): readonly Expression[] {
  const [first = {}, ...others] = forms;
  return [jobExpression(first), ...others.map((form) => copyExpression(variableFor(name), first, form))];
}

const SHARED = 'shared';

function importLines(names: ReadonlySet<string>, shared: ReadonlySet<string>): string {
  const from = (wanted: readonly string[], module: string) => {
    if (wanted.length === 0) return '';
    const flat = `import { ${wanted.join(', ')} } from '${module}';\n`;
    return flat.length <= 101
      ? flat
      : `import {\n${wanted.map((name) => `  ${name},\n`).join('')}} from '${module}';\n`;
  };
  const sorted = [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return (
    from(
      sorted.filter((name) => !shared.has(name)),
      'aurora',
    ) +
    from(
      sorted.filter((name) => shared.has(name)),
      `./${SHARED}.ts`,
    )
  );
}

function fileText({ name }: Group, expressions: readonly Expression[], shared: ReadonlySet<string>): string {
  const variable = variableFor(name);
  const names = new Set(expressions.flatMap((expression) => [...namesIn(expression)]));
  names.delete(variable);
  const [first, ...copies] = expressions as readonly [Expression, ...Expression[]];
  const list = (jobs: readonly string[]) =>
    `export default [\n${jobs.map((job) => `  ${job},\n`).join('')}];\n`;
  const body =
    copies.length === 0
      ? list([print(first, '  ')])
      : `const ${variable} = ${print(first)};\n\n${list([variable, ...copies.map((copy) => print(copy, '  '))])}`;
  return `${importLines(names, shared)}\n${body}`;
}

/**
 * Makes job files of running jobs as people would keep them: one file per job name with all its stages, and a module
 * with the parts that several files share.
 */
export function jobFiles(cluster: string, jobs: readonly JobConfiguration[]): JobFiles {
  const unwritten: UnwrittenJob[] = [];
  const groups = new Map<string, { jobs: JobConfiguration[]; forms: OwnFields[] }>();
  for (const job of [...jobs].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))) {
    const made = jobForm(cluster, job);
    if ('unknown' in made) {
      unwritten.push({ job, why: made.unknown });
      continue;
    }
    const name = job.key?.name ?? '';
    const group = groups.get(name) ?? { jobs: [], forms: [] };
    group.jobs.push(job);
    group.forms.push(made.form);
    groups.set(name, group);
  }
  const named: Group[] = [...groups]
    .map(([name, group]) => ({ name, ...group }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const whole = named.map(expressionsOf);
  const taken = new Set([
    ...named.map(({ name }) => variableFor(name)),
    ...whole.flat().flatMap((one) => [...namesIn(one)]),
  ]);
  const { parts, named: withNames } = sharedParts(whole, taken);
  const shared = new Set(parts.keys());
  const files: JobFile[] = named.map((group, at) => ({
    name: `${group.name === SHARED ? `${SHARED}-job` : group.name}.aurora.ts`,
    text: fileText(group, (whole[at] as readonly Expression[]).map(withNames), shared),
    jobs: group.jobs,
  }));
  if (parts.size === 0) return { files, unwritten };
  const uses = new Set([...parts.values()].flatMap((part) => [...namesIn(part)]));
  const consts = [...parts].map(
    ([name, part]) => `export const ${name} = ${print(part, '', name.length + 16)};\n`,
  );
  const text = `// What several jobs of this folder have in common.\n${importLines(uses, new Set())}\n${consts.join('\n')}`;
  return { files: [...files, { name: `${SHARED}.ts`, text, jobs: [] }], unwritten };
}
