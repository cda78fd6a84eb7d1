import { code, type Expression, stringText } from './expression.ts';

/** References in texts, and the language's expressions for them. */
const REFERENCES: readonly (readonly [RegExp, (name: string) => readonly [text: string, use: string]])[] = [
  [/^thermos\.ports\[([^\][{}]+)\]$/, (name) => [`port(${stringText(name)})`, 'port']],
  [/^mesos\.instance$/, () => ['instance', 'instance']],
  [/^mesos\.hostname$/, () => ['hostname', 'hostname']],
  [/^thermos\.task_id$/, () => ['taskId', 'taskId']],
];

const escaped = (text: string): string => text.replaceAll(/[\\`]|\$(?=\{)/g, '\\$&');

/** A text with its known references as expressions: `` `./serve --port ${port('http')}` ``; others stay as they are. */
export function textExpression(text: string): Expression {
  const uses: string[] = [];
  const parts = text.split(/\{\{([^{}]*)\}\}/).map((part, at) => {
    if (at % 2 === 0) return escaped(part);
    for (const [pattern, named] of REFERENCES) {
      const found = pattern.exec(part);
      if (!found) continue;
      const [words, use] = named(found[1] ?? '');
      uses.push(use);
      return `\${${words}}`;
    }
    return escaped(`{{${part}}}`);
  });
  if (uses.length === 1 && parts.length === 3 && parts[0] === '' && parts[2] === '')
    return code((parts[1] as string).slice(2, -1), ...uses);
  // Texts of several lines become templates, except where line ends have blanks or editors might change characters.
  const plain = uses.length === 0 && (!text.includes('\n') || /[\r\t]|[ ]\n|\n$/.test(text));
  return plain ? code(stringText(text)) : code(`\`${parts.join('')}\``, ...uses);
}
