/**
 * Styles that give the observer's pages the look of the scheduler's page: its light and dark colours and its tables.
 * They are sent inside each page, since the observer serves no other files. A test compares the colours with
 * src/web/styles/colours.css.
 */
export const COLOURS = {
  light: {
    paper: '#fbfcfd',
    card: '#ffffff',
    ink: '#17212b',
    faint: '#5c6b7a',
    line: '#dfe5ea',
    hover: '#eef3f7',
    link: '#0a5c9e',
    bad: '#b3261e',
    focus: '#0b66c3',
  },
  dark: {
    paper: '#11161b',
    card: '#181f26',
    ink: '#dfe6ec',
    faint: '#96a4b1',
    line: '#2b3640',
    hover: '#212a33',
    link: '#7db8f0',
    bad: '#f58d86',
    focus: '#7db8f0',
  },
} as const;

const variables = (colours: Readonly<Record<string, string>>): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

export const STYLE = `:root{color-scheme:light dark;${variables(COLOURS.light)}}
@media(prefers-color-scheme:dark){:root{${variables(COLOURS.dark)}}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
body{margin:0}
nav{padding:9px 20px;background:var(--card);border-bottom:1px solid var(--line)}
nav a{font-weight:600;color:var(--ink)}
main{max-width:1440px;margin:0 auto;padding:14px 20px 60px;overflow-wrap:anywhere}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
main li{padding:3px 0}
main p a,main dd a,main li a{text-decoration:underline 1px;text-underline-offset:2px}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:3px}
h1{font-size:17px;margin:0 0 8px}h2{font-size:15px;margin:20px 0 8px}
.scrolls{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:9px}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:6px 12px;vertical-align:baseline;border-bottom:1px solid var(--line);overflow-wrap:normal}
th{font-size:12px;color:var(--faint)}tbody tr:last-child td{border-bottom:0}tbody tr:hover td{background:var(--hover)}
.number{text-align:right;font-variant-numeric:tabular-nums}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);border-radius:9px;padding:10px 14px;font:12.5px/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(280px,100%),1fr));gap:8px 26px}
dt{font-size:12px;color:var(--faint)}dd{margin:0}
[role=alert]{color:var(--bad)}`;
