import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Can } from '../../api/views/shared.ts';
import type { Write } from '../writes/write.ts';
import { begin } from './write-dialog.tsx';

/** A button for a write. Readers who may not do it see it all the same, disabled, with the reason. */
function WriteButton({ can, write }: { readonly write: Write; readonly can: Can }) {
  const [busy, setBusy] = useState(false);
  const allowed = can[write.call];
  const why = allowed === true ? undefined : allowed;
  // For voice control, the accessible name must begin with the visible text.
  const name = write.title.startsWith(write.verb) ? write.title : `${write.verb}: ${write.title}`;
  const onClick = async () => {
    if (why !== undefined || busy) return;
    setBusy(true);
    await begin(write);
    setBusy(false);
  };
  return (
    <button
      type="button"
      class={write.stops ? 'stops' : undefined}
      aria-disabled={why !== undefined || busy}
      title={why ?? write.title}
      aria-label={why === undefined ? name : `${name}: ${why}`}
      onClick={onClick}
    >
      {write.verb}
    </button>
  );
}

/** The buttons for what the reader can do here. */
export function WriteButtons({
  can,
  children,
  writes,
}: {
  readonly writes: readonly Write[];
  readonly can: Can;
  readonly children?: ComponentChildren;
}) {
  const denied = [...new Set(writes.map(({ call }) => can[call]))].filter((allowed) => allowed !== true);
  if (writes.length === 0 && !children) return null;
  return (
    <p class="writes">
      {writes.map((write) => (
        <WriteButton key={write.verb} write={write} can={can} />
      ))}
      {children}
      {denied.length > 0 && <small class="faint">{denied[0]}</small>}
    </p>
  );
}
