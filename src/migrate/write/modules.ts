import { array, BINDS, type Code, call, code, inside, object, quoted } from '../layout/code.ts';
import type { Expr } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isDict, isList, parts } from '../types/value.ts';
import type { Writing } from './context.ts';
import { iterable } from './iteration.ts';
import { isMap, propertyDoc } from './keys.ts';
import { patternCall } from './patterns.ts';

type Call = Expr & { t: 'call' };

const CRYPTO = /^hashlib\.(md5|sha1|sha224|sha256|sha384|sha512)$/;

/** Writes a call of a function of a Python module; undefined when it has no counterpart. */
export function moduleCall(writing: Writing, path: string, node: Call, scope: PythonScope): Code | undefined {
  if (node.args.some(({ star }) => star !== '') && path !== 'os.path.join') return undefined;
  const args = node.args
    .filter((arg) => !arg.name)
    .map((arg) =>
      arg.star ? code(['...', writing.expr(arg.value, scope).doc]) : writing.expr(arg.value, scope),
    );
  const keyed = (key: string) => node.args.find((arg) => arg.name === key)?.value;
  const [first] = args as [Code | undefined];
  const source = node.args[0]?.value;
  const hash = CRYPTO.exec(path);
  if (hash) {
    const made = call(writing.node('node:crypto', 'createHash'), [code(quoted(hash[1] as string))]);
    return first ? call([made.doc, '.update'], [first, ...encoding(source)]) : made;
  }
  if (path.startsWith('re.')) return patternCall(writing, path, node, scope);
  switch (path) {
    case 'collections.OrderedDict':
      return orderedDict(writing, node, scope);
    case 'os.getenv':
    case 'os.environ.get':
      return environment(writing, node, scope);
    case 'os.getcwd':
      return call('process.cwd', []);
    case 'os.listdir':
      return call(writing.node('node:fs', 'readdirSync'), args);
    case 'os.path.join':
      return call(writing.helper('joinPath'), args);
    case 'os.path.basename':
      return call(writing.helper('basenameOf'), args);
    case 'os.path.dirname':
      return call(writing.helper('dirnameOf'), args);
    case 'os.path.splitext':
      return call(writing.helper('splitExtension'), args);
    case 'os.path.abspath':
      return call(writing.node('node:path', 'resolve'), args);
    case 'os.path.exists':
    case 'os.path.isfile':
    case 'os.path.isdir': {
      if (path === 'os.path.exists') return call(writing.node('node:fs', 'existsSync'), args);
      const stat = call(writing.node('node:fs', 'statSync'), [
        ...args,
        object([{ doc: 'throwIfNoEntry: false' }]),
      ]);
      return code(
        [stat.doc, path === 'os.path.isdir' ? '?.isDirectory() === true' : '?.isFile() === true'],
        BINDS.equal,
      );
    }
    case 'os.path.expanduser':
      return (
        first &&
        call(
          [inside(first, BINDS.call), '.replace'],
          [code('/^~(?=\\/|$)/'), call(writing.node('node:os', 'homedir'), [])],
        )
      );
    case 'getpass.getuser':
      return code(
        ['(process.env.LOGNAME || process.env.USER || ', writing.node('node:os', 'userInfo'), '().username)'],
        BINDS.call,
      );
    case 'socket.gethostname':
    case 'platform.node':
      return call(writing.node('node:os', 'hostname'), []);
    case 'json.loads':
      return first && call('JSON.parse', [first]);
    case 'json.load':
      return first && call('JSON.parse', [first]);
    case 'json.dumps':
      return first && json(writing, first, node, keyed, scope);
    case 'copy.copy': {
      if (!source || !first) return undefined;
      const kind = writing.kind(source);
      if (isList(kind)) return array([{ doc: ['...', inside(first, BINDS.arrow)] }]);
      if (isDict(kind))
        return isMap(kind)
          ? call('new Map', [first])
          : object([{ doc: ['...', inside(first, BINDS.arrow)] }]);
      return [...kind.words].every((word) => word.startsWith('struct:') || word.startsWith('profile:')) &&
        kind.words.size > 0
        ? first
        : undefined;
    }
    case 'copy.deepcopy': {
      if (!source || !first) return undefined;
      const kind = writing.kind(source);
      if (kind.words.size > 0 && kind.parts.size === 0 && [...kind.words].every((word) => word !== 'any'))
        return first;
      return isPlainData(kind) ? call('structuredClone', [first]) : undefined;
    }
    case 'textwrap.dedent':
      return first && call(writing.helper('dedent'), [first]);
    case 'time.time':
      return code('Date.now() / 1000', BINDS.multiply);
    case 'time.strftime':
      return args.length === 1 ? call(writing.helper('strftime'), args) : undefined;
    case 'datetime.datetime.now':
    case 'datetime.datetime.today':
    case 'datetime.date.today':
    case 'datetime.now':
      return args.length === 0 ? call('new Date', []) : undefined;
    case 'math.ceil':
    case 'math.floor':
    case 'math.sqrt':
      return first && call(`Math.${path.slice(5)}`, [first]);
    case 'pipes.quote':
    case 'shlex.quote':
      return first && call(writing.helper('shellQuoted'), [first]);
    case 'itertools.product':
      return node.args.length > 0 && !keyed('repeat')
        ? call(
            writing.helper('product'),
            node.args.map(({ value }) => iterable(writing, value, scope)),
          )
        : undefined;
    case 'itertools.chain':
      return array(
        node.args.map(({ value }) => ({
          doc: ['...', inside(iterable(writing, value, scope), BINDS.arrow)],
        })),
      );
    case 'subprocess.check_output': {
      const command = writing.kind(source as Expr);
      if (!source || !first) return undefined;
      if (isList(command) && source.t === 'list' && node.args.length === 1) {
        const [program, ...rest] = source.items.map((item) => writing.expr(item, scope));
        if (!program) return undefined;
        return call(writing.node('node:child_process', 'execFileSync'), [
          program,
          array(rest.map(({ doc }) => ({ doc }))),
          object([{ doc: "encoding: 'utf8'" }]),
        ]);
      }
      if (keyed('shell')?.t === 'bool')
        return call(writing.node('node:child_process', 'execSync'), [
          first,
          object([{ doc: "encoding: 'utf8'" }]),
        ]);
      return undefined;
    }
    case 'sys.exit':
      return undefined;
    default:
      return undefined;
  }
}

/** An OrderedDict becomes a Map, which keeps the order of its entries whatever the keys look like. */
function orderedDict(writing: Writing, node: Call, scope: PythonScope): Code | undefined {
  const [only] = node.args;
  if (!only) return call('new Map', []);
  if (node.args.length > 1 || only.name || only.star) return undefined;
  const kind = writing.kind(only.value);
  if (isDict(kind))
    return call('new Map', [
      isMap(kind)
        ? writing.expr(only.value, scope)
        : call('Object.entries', [writing.expr(only.value, scope)]),
    ]);
  return isList(kind) ? call('new Map', [writing.expr(only.value, scope)]) : undefined;
}

const encoding = (node: Expr | undefined): readonly Code[] =>
  node?.t === 'call' && node.fn.t === 'attr' && node.fn.name === 'read' && isBinary(node.fn.object)
    ? [code("'latin1'")]
    : [];
const isBinary = (node: Expr): boolean =>
  node.t === 'call' && node.args[1]?.value.t === 'str' && node.args[1].value.value.includes('b');

function isPlainData(kind: ReturnType<Writing['kind']>, depth = 0): boolean {
  if (depth > 5 || kind.words.has('any')) return false;
  if ([...kind.words].some((word) => word.includes(':'))) return false;
  return [...kind.parts].every((part) => {
    if (part.p === 'dict' || part.p === 'list' || part.p === 'tuple' || part.p === 'set')
      return isPlainData(part.of, depth + 1);
    return false;
  });
}

/** Reads an environment variable that may be missing. */
export function environment(writing: Writing, node: Call, scope: PythonScope): Code | undefined {
  const [key, otherwise] = node.args.map(({ value }) => value);
  if (!key) return undefined;
  const isName = key.t === 'str' && /^[A-Za-z_]\w*$/.test(key.value);
  const env = writing.isTaken('process') ? 'globalThis.process.env' : 'process.env';
  const read = isName
    ? code(`${env}.${(key as Expr & { t: 'str' }).value}`, BINDS.call)
    : code([env, '[', writing.expr(key, scope).doc, ']'], BINDS.call);
  if (!otherwise || otherwise.t === 'none') return read;
  return code([read.doc, ' ?? ', inside(writing.expr(otherwise, scope), BINDS.nullish + 1)], BINDS.nullish);
}

function json(
  writing: Writing,
  value: Code,
  node: Call,
  keyed: (key: string) => Expr | undefined,
  scope: PythonScope,
): Code | undefined {
  const known = new Set(['indent', 'sort_keys', 'separators']);
  if (node.args.some((arg) => arg.name && !known.has(arg.name))) return undefined;
  const source = node.args[0]?.value as Expr;
  if (isFloatInside(writing.kind(source)))
    writing.note(node, 'a whole floating point number reads 1 here, and 1.0 there');
  const options = [
    ...(keyed('indent') ? [propertyDoc('indent', writing.expr(keyed('indent') as Expr, scope))] : []),
    ...(keyed('sort_keys') ? [propertyDoc('sort', writing.expr(keyed('sort_keys') as Expr, scope))] : []),
    ...(keyed('separators')
      ? [propertyDoc('separators', writing.expr(keyed('separators') as Expr, scope))]
      : []),
  ];
  return call(writing.helper('jsonText'), [
    value,
    ...(options.length > 0 ? [object(options.map((doc) => ({ doc })))] : []),
  ]);
}

function isFloatInside(kind: ReturnType<Writing['kind']>, depth = 0): boolean {
  if (depth > 5) return false;
  if (kind.words.has('float')) return true;
  return parts(kind, 'dict', 'list', 'tuple').some((part) => isFloatInside(part.of, depth + 1));
}
