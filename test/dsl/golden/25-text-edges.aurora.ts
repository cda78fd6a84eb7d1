// Text that is easily damaged: quotes, backslashes, newlines, tabs, braces that are no references, JSON, heredocs.
import { Job, MB, Metadata, Process, Resources, Task } from 'aurora';

const awk = Process({
  name: 'awk',
  cmdline: `awk -F: '{print $1, "{x}"}' /etc/passwd | sed 's/\\(a\\)\\\\/\\1/' > \${HOME}/{{}}out`,
});
const heredoc = Process({
  name: 'heredoc',
  cmdline: `
cat > conf.json <<'JSON'
{"servers": {"a": {"weight": {{weight}}}}, "list": [[1, 2], [{"b": {}}]]}
JSON
printf '%s\\t%d%%\\n' "$HOSTNAME" 100
`,
});
const bound = Process({
  name: 'bound',
  cmdline: "echo '{{json}}' {{{weight}}} { {{weight}} } {{weight}}}} {weight} {{weight}}{{weight}}",
});
const words = Process({
  name: 'words: "quoted"',
  cmdline: 'echo caf\u00e9 \u65e5\u672c\u8a9e \u{1f680} {{city}} \u2028 end\ttab',
});
const empty = Process({ name: 'blank', cmdline: ' ' });

export default [
  Job({
    cluster: 'south',
    role: 'text',
    environment: 'devel',
    name: 'text-edges',
    contact: 'J\u00fcrgen <j@example.test>',
    metadata: [Metadata({ key: 'a key: with "quotes"', value: '{{city}} & <co> / "x" \\ ' })],
    task: Task({
      name: 'text edges / all',
      processes: [awk, heredoc, bound, words, empty],
      resources: Resources({ cpu: 0.2, ram: 32 * MB, disk: 32 * MB }),
    }),
  }).bind({ weight: 3, json: '{"k": {"l": [1, {"m": "n"}]}}', city: 'Porto' }),
];
