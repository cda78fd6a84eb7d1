import { useState } from 'preact/hooks';

/** Copies through a selected text field, which also works on pages without TLS. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

async function copy(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not permitted; the old way may still work.
  }
  return copyBySelection(text);
}

const SHOWN_MS = 1_500;

const CopyIcon = () => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 3v-.5h-8v8H3" />
  </svg>
);

/** A button that copies the text. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, say] = useState('');
  const onClick = async () => {
    say((await copy(text)) ? '✓' : '✕');
    setTimeout(() => say(''), SHOWN_MS);
  };
  return (
    <button type="button" class="copy" title={`copy ${what}`} aria-label={`copy ${what}`} onClick={onClick}>
      {said || <CopyIcon />}
    </button>
  );
}

/** A command line to copy. */
export function Command({ text }: { readonly text: string }) {
  return (
    <span class="command">
      <code>{text}</code>
      <Copy text={text} what="the command" />
    </span>
  );
}
